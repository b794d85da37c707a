"""The default dataset by the reference implementation, in NumPy.

python reference_dataset.py
"""

from mnist1d.data import get_dataset_args, make_dataset
from peer import serve


class Generation:
    first_losses = []

    def restart(self):
        pass

    def run(self, times):
        for _ in range(times):
            make_dataset(get_dataset_args())
        return times


if __name__ == "__main__":
    serve(lambda name: Generation())
