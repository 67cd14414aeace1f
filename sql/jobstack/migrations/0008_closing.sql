-- Only attempts that did not succeed are closings now, and a worker may say when to try again. outcome: failed, retry or
-- released.
alter type jobstack.closing drop attribute result, add attribute retry_after interval;
