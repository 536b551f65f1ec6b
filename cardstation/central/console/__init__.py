"""The centre's web pages: what people see of the books, and the few things they may decide.

Pages only look; an act is a form that was sent, and stands in the audit log in the same
transaction. What needs two persons is proposed by one and decided by another, and the database
itself refuses anything else (`migrations/versions/r0005_people.py`).
"""
