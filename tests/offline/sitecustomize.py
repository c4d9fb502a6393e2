"""Python with the network off: Python imports this first of all where `PYTHONPATH` names its folder.

Whatever is asked of another machine fails as it does without a network, and is written to the file that `ASKED` names.
"""

import errno
import os
import socket
import sys

HERE = {"127.0.0.1", "::1", "localhost", "", None}


def refuse(event, args):
    if event in ("socket.connect", "socket.sendto"):
        host = args[1][0] if isinstance(args[1], tuple) else None  # else a socket in the file system
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = args[0]
    else:
        return
    if host not in HERE:
        with open(os.environ["ASKED"], "a", encoding="utf-8") as asked:  # noqa: PTH123 - pathlib is not imported yet
            print(event, host, file=asked)
        if event in ("socket.connect", "socket.sendto"):
            raise OSError(errno.ENETUNREACH, "Network is unreachable")
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


sys.addaudithook(refuse)
