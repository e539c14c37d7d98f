"""Loads a session, adds a message and prunes it, in the way that is documented for the tools that share these files.

Arguments: the file, the style of its own times (naive or aware), and the budget that pruning keeps to.
"""

import json
import sys
from datetime import datetime, timezone

ROLES = ("user", "assistant", "system")


def load(path):
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    messages = []
    for item in document["messages"]:
        assert item["role"] in ROLES, item
        messages.append(
            {
                "role": item["role"],
                "content": item["content"],
                "timestamp": datetime.fromisoformat(item["timestamp"]),
                "metadata": item.get("metadata", {}),
                "tokens": item.get("tokens", 0),
                "importance": item.get("importance", 1.0),
            }
        )
    return document, messages


def add(messages, content, style):
    now = datetime.now(timezone.utc)
    messages.append(
        {
            "role": "user",
            "content": content,
            "timestamp": now if style == "aware" else now.replace(tzinfo=None),
            "metadata": {},
            "tokens": len(content) // 4,
            "importance": 0.7,
        }
    )


def prune(messages, budget):
    """The system's messages, the last five others, important ones newest first; what it returns is in order of time."""
    by_time = sorted(messages, key=lambda message: message["timestamp"])
    system = [message for message in by_time if message["role"] == "system"]
    others = [message for message in by_time if message["role"] != "system"]
    recent, older = others[-5:], others[:-5]
    kept = system + recent
    used = sum(message["tokens"] for message in kept)
    for message in sorted(older, key=lambda one: one["timestamp"], reverse=True):
        if message["importance"] > 0.8 and used + message["tokens"] <= budget:
            kept.append(message)
            used += message["tokens"]
    return sorted(kept, key=lambda message: message["timestamp"])


def save(path, document, messages):
    document["messages"] = [{**message, "timestamp": message["timestamp"].isoformat()} for message in messages]
    document["current_tokens"] = sum(message["tokens"] for message in messages)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file, indent=2)


def main():
    path, style, budget = sys.argv[1], sys.argv[2], int(sys.argv[3])
    document, messages = load(path)
    assert document["current_tokens"] == sum(message["tokens"] for message in messages), "the sum is wrong"
    before = [message["content"] for message in messages]
    add(messages, "added by another tool", style)
    pruned = prune(messages, budget)
    save(path, document, pruned)
    json.dump({"before": before, "after": [message["content"] for message in pruned]}, sys.stdout)


main()
