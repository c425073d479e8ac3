"""Data sets from Parquet files, read in parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from vae_core.data.arrow import ArrowTable, damaged, need_pyarrow
from vae_core.data.reserve import free_memory, refuse_bomb
from vae_core.errors import InputError


def parquet_table(path: Path) -> ArrowTable:
    """Open a Parquet file; paths of pictures are relative to its folder.

    Raises
    ------
    InputError
        If pyarrow is missing, the file is damaged, or a part of it would not fit into memory.
    """
    need_pyarrow(path)
    with damaged(path):
        return ArrowTable(_ParquetBatches(path), path, path.parent)


class _ParquetBatches:
    """The record batches of a Parquet file; see `arrow.Batches`."""

    def __init__(self, path: Path) -> None:
        from pyarrow import parquet, types

        self._path = path
        file = parquet.ParquetFile(path)
        self.schema, self.count = file.schema_arrow, file.metadata.num_rows
        numbers = sum(types.is_integer(field.type) or types.is_floating(field.type) for field in self.schema)
        # What repeats is packed into nothing, whatever the file says its columns unpack to: a number takes four bytes.
        refuse_bomb(path, path.stat().st_size, 4 * self.count * numbers)
        # Texts that repeat stay what they are in the file: otherwise a small file could unfold into a huge table.
        self._repeating = [
            field.name for field in self.schema if types.is_string(field.type) or types.is_large_string(field.type)
        ]
        free = free_memory()
        for at in range(file.metadata.num_row_groups):
            group = file.metadata.row_group(at)
            largest = max((group.column(c).total_uncompressed_size for c in range(group.num_columns)), default=0)
            if free is not None and largest > free // 2:
                raise InputError(
                    f"{path}: a column takes {largest / 1e6:,.0f} MB when unpacked, more than fits in memory; save it "
                    "with smaller row groups."
                )

    def read(self, columns: Sequence[str], rows: int) -> Iterator[Any]:
        """Yield record batches of some columns, in the order they are named."""
        from pyarrow import parquet

        with parquet.ParquetFile(self._path, read_dictionary=self._repeating) as file:
            for batch in file.iter_batches(batch_size=rows, columns=list(columns), use_threads=False):
                yield batch.select(list(columns))
