"""A script: print the notebook in a file without outputs, in so many bytes of memory."""

import json
import resource
import sys


def main(path, memory):
    """Print the notebook without the outputs and attachments of its cells."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    with open(path, encoding="utf-8-sig") as file:
        notebook = json.load(file)
    sheets = notebook.get("worksheets") or [notebook]
    for sheet in sheets:
        for cell in sheet.get("cells", []):
            cell.pop("attachments", None)
            if "outputs" in cell:
                cell["outputs"] = []
    json.dump(notebook, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
