"""Decision: the search for a request that a policy allows, and the evidence that there is none."""
