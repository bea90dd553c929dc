"""Serves moto on a free port of this machine, prints the port, and ends when standard input does."""

import logging
import sys

from moto.moto_server.threaded_moto_server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
# The pipe ends together with the process at its other end, however that dies.
sys.stdin.read()
