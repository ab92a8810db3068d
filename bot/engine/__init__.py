"""Where a request is served: bound, admitted, run, and every failure drawn."""
