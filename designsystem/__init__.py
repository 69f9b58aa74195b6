"""What the files of a design system mean: manifest, components and design tokens. Bytes and values in, values out."""
