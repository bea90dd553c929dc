DROP FUNCTION total_of(bigint);
