"""What a decision's `notify` says reaches people: `queue` keeps messages until they are sent, `channels` sends them, `notifier` runs it."""
