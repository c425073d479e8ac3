"""What is seen: items as pictures, figures as drawings, for the page and for reports."""
