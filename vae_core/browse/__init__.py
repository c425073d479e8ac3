"""What any front end asks of a space's items: finding them."""
