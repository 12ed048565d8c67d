"""What is fetched beside pages: geometry, pictures, tiles, base maps, downloads; and files that come in."""
