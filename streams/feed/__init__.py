"""The feed: a Kafka consumer in a thread of its own, and what it needs to hand on whole batches and own their offsets."""
