"""Running a class: the course folder, the demonstration class, the command line."""

import sys

# jsonschema, which reads the schema of notebooks, takes it for addresses in foreign letters if it
# is installed. No notebook's schema has such, and it takes 1.3 s to import, in each process.
sys.modules.setdefault("rfc3987_syntax", None)
