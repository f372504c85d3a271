"""What was done and seen: signs of people coming and going, views, exports, and who may see a record."""
