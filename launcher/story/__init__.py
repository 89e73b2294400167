"""`./jiaowu story`: the whole flow over HTTP, as the different people who have a part in it."""
