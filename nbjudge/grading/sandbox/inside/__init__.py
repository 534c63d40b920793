"""What runs beside the student's code, inside the sandbox: no module here may import gmm_ref."""
