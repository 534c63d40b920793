"""The walls around student code, and what runs inside them."""
