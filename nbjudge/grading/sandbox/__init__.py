"""The sandbox: namespaces for student code, and the processes that run in them."""
