"""Maps of a latent space: PCA, raw pairs, t-SNE, UMAP; their inverses, previews and quality."""
