"""Which of the kernel's calls a student's process may make: what a notebook needs, and no other.

The filter is a program for the kernel (classic BPF) that looks at the number and the arguments of
each call. It is written here and not by libseccomp, which bubblewrap does not bring along: a
teacher's machine needs nothing for it but Linux. A process puts it on itself, and on all that it
will start, for good: so a forkserver, which still needs namespaces and mounts, goes without, and
its forks have it. That is also why bubblewrap's ``--disable-userns`` is not used: nobody but the
forkserver makes users of its own, and the filter refuses it to a student.

Nor may a student's process kill itself by SIGKILL, in any way that we know: so one that ended by
that signal was killed from outside. It can end in many other ways, and kill what it started.
"""

import ctypes
import errno
import os
import platform
import signal
import struct
from typing import NamedTuple

from . import system_calls
from .kernel import call, libc

# Linux's numbers, from its headers prctl.h, seccomp.h, audit.h, bpf_common.h, sched.h and socket.h.
SET_SECCOMP, MODE_FILTER = 22, 2
ALLOW, ERROR = 0x7FFF0000, 0x00050000
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
LOAD, AND, IF_EQUAL, IF_GREATER, RETURN = 0x20, 0x54, 0x15, 0x25, 0x06
# Where the kernel lays the number of a call, its processor, and its first argument, for a program.
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
NEW_NAMESPACES = 0x7E020000
UNIX, INET, INET6, STREAM, DATAGRAM, TCP, UDP = 1, 2, 10, 1, 2, 6, 17
EVERY_BIT, SIGN = 0xFFFFFFFF, 0x80000000
SHARED, NOBODYS, PROCESSOR_TIME = 0x01, 0x20, 0
# Of SOL_SOCKET, the sizes of what is sent and received.
BUFFERS = (7, 8)
# What fcntl may do, from fcntl.h: copies of descriptors, flags, owners, and locks to be set, not to
# be asked for (F_GETLK): one may ask where one may only read. Nor may a pipe be made larger.
FCNTL = (0, 1, 2, 3, 4, 6, 7, 8, 9, 37, 38, 1030, 1032)


class Look(NamedTuple):
    """A look at one argument of a call: by its place, the bits that matter, and what they may be.

    but: they may be anything else instead.
    """

    place: int
    bits: int
    values: tuple
    but: bool = False


_SOCKET = [
    Look(0, EVERY_BIT, (UNIX, INET, INET6)),
    Look(1, 0xFF, (STREAM, DATAGRAM)),
    Look(2, EVERY_BIT, (0, TCP, UDP)),
]
_KILL = (signal.SIGKILL,)
# Calls that are allowed if every look finds what it may be.
CONDITIONS = [
    # Nor may a process be killed because its child has ended.
    (system_calls.CLONE, [Look(0, NEW_NAMESPACES, (0,)), Look(0, 0xFF, (0, signal.SIGCHLD))]),
    # To ask for it is allowed, and to set what it is.
    (system_calls.PERSONALITY, [Look(0, EVERY_BIT, (0, EVERY_BIT))]),
    (system_calls.FCNTL, [Look(1, EVERY_BIT, FCNTL)]),
    (system_calls.SOCKET, _SOCKET),
    (system_calls.SOCKETPAIR, _SOCKET),
    # No larger buffers: they are memory that nobody counts.
    (system_calls.SETSOCKOPT, [Look(2, EVERY_BIT, BUFFERS, but=True)]),
    # Memory of nobody's and shared: it outlives its mapping in part, and is then not counted.
    (system_calls.MMAP, [Look(3, SHARED | NOBODYS, (0, SHARED, NOBODYS))]),
    # By a limit of processor time of its own a process would be killed.
    (system_calls.SETRLIMIT, [Look(0, EVERY_BIT, (PROCESSOR_TIME,), but=True)]),
    (system_calls.PRLIMIT64, [Look(1, EVERY_BIT, (PROCESSOR_TIME,), but=True)]),
    (system_calls.TKILL, [Look(1, EVERY_BIT, _KILL, but=True)]),
    (system_calls.TGKILL, [Look(2, EVERY_BIT, _KILL, but=True)]),
    (system_calls.RT_SIGQUEUEINFO, [Look(1, EVERY_BIT, _KILL, but=True)]),
    (system_calls.RT_TGSIGQUEUEINFO, [Look(2, EVERY_BIT, _KILL, but=True)]),
    (system_calls.PIDFD_SEND_SIGNAL, [Look(1, EVERY_BIT, _KILL, but=True)]),
]


def is_supported():
    """Whether this kernel takes a filter, and we know the numbers of this processor."""
    if platform.machine() not in ARCHITECTURES:
        return False
    # No program at all: one who would take it finds that its address is none.
    libc.prctl(SET_SECCOMP, MODE_FILTER, None)
    return ctypes.get_errno() == errno.EFAULT


def number(numbers):
    """Of the numbers of a call, that of this processor, or None."""
    return numbers[system_calls.PROCESSORS.index(platform.machine())]


def install():
    """Put the filter on this thread, and on all that it will start; it has given up new rights."""
    text = program()
    buffer = ctypes.create_string_buffer(text, len(text))
    header = struct.pack("HP", len(text) // 8, ctypes.addressof(buffer))
    call("prctl", SET_SECCOMP, MODE_FILTER, header)


def program():
    """The filter of this processor, as the kernel takes it: 8 bytes for each of its steps."""
    steps = [
        _step(LOAD, ARCHITECTURE),
        _step(IF_EQUAL, ARCHITECTURES[platform.machine()], 1, 0),
        _refuse(errno.EPERM),
        _step(LOAD, NUMBER),
    ]
    for one in map(number, system_calls.ALLOWED.values()):
        if one is not None:
            steps += _if_called(one, [_step(RETURN, ALLOW)])
    for numbers, looks in CONDITIONS:
        steps += _if_called(number(numbers), _if_seen(looks))
    # To kill is allowed if it is for one process, and not for the one that has this filter first.
    whom = [Look(0, SIGN, (0,)), Look(0, EVERY_BIT, (0, os.getpid()), but=True)]
    if_killed = [_step(LOAD, ARGUMENTS + 8), _step(IF_EQUAL, signal.SIGKILL, 1, 0)]
    if_killed += [_step(RETURN, ALLOW), *_if_seen(whom)]
    steps += _if_called(number(system_calls.KILL), if_killed)
    # The C library then takes clone, whose arguments can be looked at. It asks the same way for
    # what is newer than this list.
    steps += _if_called(number(system_calls.CLONE3), [_refuse(errno.ENOSYS)])
    steps += [
        _step(IF_GREATER, system_calls.LAST, 0, 1),
        _refuse(errno.ENOSYS),
        _refuse(errno.EPERM),
    ]
    return b"".join(steps)


def _if_seen(looks):
    """Steps that allow a call if each look finds what it may, and refuse it else."""
    steps = []
    for place, bits, values, but in looks:
        steps += [_step(LOAD, ARGUMENTS + 8 * place), _step(AND, bits)]
        # To the refusal if it is one of these, past it else; or the other way round.
        for left, value in reversed(list(enumerate(reversed(values)))):
            steps.append(_step(IF_EQUAL, value, left + (not but), but and not left))
        steps.append(_refuse(errno.EPERM))
    return [*steps, _step(RETURN, ALLOW)]


def _if_called(one, steps):
    """Steps that are taken if the call has this number, and end there."""
    return [_step(IF_EQUAL, one, 0, len(steps)), *steps]


def _refuse(error):
    return _step(RETURN, ERROR | error)


def _step(code, value, if_so=0, if_not=0):
    """One step; of a comparison, how many of the next ones are left out if it holds, and if not."""
    return struct.pack("HBBI", code, if_so, if_not, value)
