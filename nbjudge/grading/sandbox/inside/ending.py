"""How a student's process ended: whether it was killed from outside, or by what is its own.

The rule: a process that ended by SIGKILL was killed from outside, by the system when memory ran
short, or by hand. For a student cannot send that signal to the own process (`seccomp`), and the
judge, who ends it for what it used, knows that. Whatever else ends it is the student's own doing.
"""

import signal

# How the first process of the namespaces ends where the student's was killed: as a shell says it.
KILLED = 128 + signal.SIGKILL
# Seconds that it may take from the end of its connection until it is seen how the process ended.
END_SECONDS = 2
