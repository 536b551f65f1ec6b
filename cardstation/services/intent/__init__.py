"""The steps every load is made of; the services tell the story, these make each step durable."""
