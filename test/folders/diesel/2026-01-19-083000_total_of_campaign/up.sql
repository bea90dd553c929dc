CREATE FUNCTION total_of(campaign bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
  total bigint;
BEGIN
  SELECT sum(cents) INTO total FROM gifts WHERE campaign_id = campaign;
  RETURN coalesce(total, 0);
END;
$$;
