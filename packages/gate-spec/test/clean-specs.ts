/**
 * Twenty specifications of one project in which nothing contradicts anything, though much looks alike: figures for
 * different things, exceptions, equal situations with several outcomes, endpoints that each service has.
 */
export const cleanSpecs: Readonly<Record<string, string>> = {
  "specs/accounts.md": `# Accounts

**Component ID:** accounts
**Status:** approved
**Target Stage:** production

## Requirements

#### FR-1: Passwords

The system MUST hash a password before it is stored. The system MUST NOT log a password.

**Acceptance Criteria:**

- [ ] Given a new account, when it is stored, then the row is marked "hashed"
- [ ] Given a new account, when it is stored, then a line is logged

#### NFR-1: Speed

- Login p95 < 300 ms
- Profile p95 < 100 ms

## Maturity targets

### Development Stage

- [ ] Test coverage ≥ 50 %

### Staging Stage

- [ ] Test coverage ≥ 70 %

### Production Stage

- [ ] Test coverage ≥ 80 %
- [ ] Integration test coverage ≥ 85 %
- [ ] Uptime ≥ 99.5 % over 7 days
`,
  "specs/billing.md": `# Billing

## Requirements

- **FR-1**: When an invoice is due, the system shall send it.
- **FR-2**: When an invoice is due and the customer is blocked, the system shall not send it.
- **FR-3**: Invoices MUST be numbered before they are sent.
- **FR-4**: Receipts MUST be sent after payment.

## API

### GET /health

### POST /invoices

### GET /invoices/{number}
`,
  "specs/catalogue.md": `# Catalogue

## Requirements

- **FR-1**: \`page_size\` is an integer.
- **FR-2**: \`page_size\` MUST be a number between 1 and 100.
- **FR-3**: The catalogue MUST answer with at least 1 entry.
- **FR-4**: The catalogue MUST answer with at most 100 entries.

## API

### GET /health

### GET /items

\`\`\`python
def items(page_size: int = 20) -> list[str]: ...
\`\`\`
`,
  "specs/delivery.md": `# Delivery

## Requirements

1. **Routes**
   - A route has at most 40 stops.
   - A route takes less than 8 hours.
2. **Vans**
   - A van carries at most 900 parcels.

## Acceptance Criteria

- Throughput of 20 requests per second
- Peak throughput of 60 requests per second
`,
  "specs/events/spec.md": `# Feature Specification: Events

**Status:** Draft

## User Scenarios & Testing

### User Story 1 - Join (Priority: P1)

1. **Given** a free seat, **When** a guest joins, **Then** the status is "confirmed"
2. **Given** no free seat, **When** a guest joins, **Then** the status is "waiting"
3. **Given** a free seat, **When** a guest joins, **Then** the number of guests grows by 1

## Requirements

- **FR-001**: System MUST confirm a guest.
- **FR-002**: System MUST NOT confirm a guest twice.

## Success Criteria

- **SC-001**: 95% of guests are confirmed within 2 seconds
- **SC-002**: 99% of guests are confirmed within 10 seconds
`,
  "specs/forecast.md": `# Forecast

| Metric | Development | Staging | Production |
|---|---|---|---|
| Coverage | 50 % | 70 % | 80 % |
| p95 | 900 ms | 600 ms | 300 ms |
| p99 | 2 s | 1 s | 0.8 s |

## Requirements

- **FR-1**: The forecast MUST name its age.

## Monitoring

- Alert when p95 > 600 ms
- Page somebody when p95 > 900 ms
- Error rate > 5 % for 10 minutes
`,
  "specs/gateway.md": `# Gateway

## Requirements

- **FR-1**: The gateway listens on port 8443.
- **FR-2**: If the token is missing, then the gateway shall respond with 401.
- **FR-3**: If the token is expired, then the gateway shall respond with 403.
- **FR-4**: While in maintenance, the gateway shall respond with 503.

## API

### GET /health

### GET /routes
`,
  "specs/history.md": `# History

## Requirements

- **FR-1**: The history MUST keep entries for 30 days.
- **FR-2**: The history of a deleted account MUST NOT keep entries.

## Change log

- coverage was 60 %, then 70 %
- p95 < 300 ms became p95 < 200 ms

## Requirements of quality

- p95 < 200 ms
`,
  "specs/imports.md": `# Imports

## Requirements

- **FR-1**: Validation MUST run before import.
- **FR-2**: Import MUST run before indexing.
- **FR-3**: Indexing MUST run after validation.
- **FR-4**: Imports MAY be repeated.
- **FR-5**: Imports SHOULD NOT be repeated within an hour.
`,
  "specs/journal.md": `# Journal

## Requirements

- **FR-1**: The journal writes var/journal/today.log.
- **FR-2**: Rotation MUST keep 5 files.

## API

\`\`\`python
# src/journal/api.py
class Journal:
    def add(self, line: str) -> None: ...
    def last(self, n: int = 10) -> list[str]: ...
\`\`\`

### Reading it again

\`\`\`python
def last(n: int) -> str: ...
\`\`\`
`,
  "specs/keys.md": `# Keys

## Requirements

- **FR-1**: When a key is unknown, the system shall respond with 404.
- **FR-2**: When a key is unknown, the system shall log the address.
- **FR-3**: When a key is revoked, the system shall respond with 410.
- **FR-4**: Timeout of reading: 2 s
- **FR-5**: Timeout of writing: 5 s
`,
  "specs/library.feature.md": `# Feature: Library

## Rule: Lending

### Scenario: A free book

* Given a free book
* When a reader lends it
* Then the due date is in 14 days
* And the number of free books is 0

### Scenario: A lent book

* Given a lent book
* When a reader lends it
* Then the answer is "lent"
`,
  "specs/mail.md": `# Mail

## Requirements

- **FR-1**: Mail MUST be sent within 5 minutes.
- **FR-2**: Urgent mail MUST be sent within 10 seconds.
- **FR-3**: The mail server MAY refuse mail of more than 10 MB.

## Testing

- Unit tests: coverage ≥ 75 %
- Integration tests: coverage ≥ 60 %
- End-to-end tests: coverage ≥ 30 %
`,
  "specs/notes.md": `# Notes

**Target Stage:** staging

## Requirements

#### FR-1: Titles

**Description:** \`title\` is a string and MUST NOT be empty.

#### FR-2: Sizes

**Description:** A note has at most 64 KB. An attachment has at most 8 MB.

## API

\`\`\`python
def save(title: str, body: str | bytes = "") -> int: ...


async def load(number: int) -> str: ...
\`\`\`
`,
  "specs/orders/requirements.md": `# Requirements Document

## Introduction

Orders are taken.

## Requirements

### Requirement 1

**User Story:** As a customer, I want to order, so that I get it.

#### Acceptance Criteria

1. WHEN an order is placed THEN the system SHALL return 201
2. WHEN an order is placed twice THEN the system SHALL return 409
3. IF the stock is empty THEN the system SHALL return 422
4. WHILE the shop is closed THE system SHALL NOT accept orders

### Requirement 2

#### Acceptance Criteria

1. WHEN the shop opens THEN the system SHALL accept orders
`,
  "specs/prices.md": `# Prices

## Requirements

### Requirement: Rounding

The system SHALL round a price to 2 digits.

#### Scenario: Half a cent

- **WHEN** a price of 1.005 is rounded
- **THEN** the price is 1.01

#### Scenario: Less than half a cent

- **WHEN** a price of 1.004 is rounded
- **THEN** the price is 1.00
`,
  "specs/queue.md": `# Queue

## Requirements

- **FR-1**: The queue MUST keep the order of messages.
- **FR-2**: The queue MUST NOT keep the order of messages of different senders.
- **FR-3**: Memory: at most 256 MB
- **FR-4**: Memory of the worker: at most 512 MB
- **FR-5**: Memory must not exceed 256 MB.

## API

### GET /health

### POST /messages
`,
  "specs/reports.md": `# Reports

The coverage of the last year was 64 %; the goal of the team is another story.

## Requirements

- **FR-1**: A report MUST be ready after 1 hour.
- **FR-2**: A short report MUST be ready after 5 minutes.

## Example

- coverage ≥ 12 %
- p95 < 1 ms

## Non-functional requirements

#### NFR-1: Availability

**Target:** 99.5 % uptime over 7 days

#### NFR-2: Coverage

**Target:** ≥ 70 % (staging), ≥ 80 % (production)
`,
  "specs/search.md": `# Search

## Requirements

- **FR-1**: Search answers in time.
  - \`GET /search\`: p95 < 200 ms
  - \`GET /suggest\`: p95 < 50 ms
  - Cold start: p95 < 2 s
- **FR-2**: The cache hit rate is at least 60 %.
- **FR-3**: The suggestion hit rate is at least 30 %.

## API

### GET /search

### GET /suggest
`,
  "specs/tickets.md": `# Tickets

**Status:** Implemented
**Target Stage:** production

## Requirements

- **FR-1**: A ticket is either open or closed.
- **FR-2**: When a ticket is closed, the system shall tell its owner.
- **FR-3**: When a ticket is closed by its owner, the system shall not tell its owner.
- **FR-4**: Closing MUST be done before archiving.

\`\`\`yaml
coverage:
  precision: 2
  staging: 70
  production: 80
\`\`\`
`,
};
