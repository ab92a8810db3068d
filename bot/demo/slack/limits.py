"""The numbers at which Slack says no, each named as in its Block Kit reference.

Characters and items unless said otherwise. Where sources differ, the smaller number counts.
"""

MESSAGE_TEXT = 40_000
"""`chat.postMessage` cuts a longer text here (documented truncation)."""
UPDATE_TEXT = 4_000
"""`chat.update` refuses a longer text with `msg_too_long` (seen, not documented)."""
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE_ATTACHMENTS = 100
MESSAGE_BUDGET = 13_200
"""All text of all blocks of one message (undocumented; seen between 13,172 and 13,297)."""
MARKDOWN_HEADING_COST = 100
"""What each heading of a markdown block takes from the budget (seen)."""

BLOCK_ID = 255
ACTION_ID = 255

SECTION_TEXT = 3_000
SECTION_FIELDS = 10
SECTION_FIELD = 2_000
HEADER_TEXT = 150
CONTEXT_ELEMENTS = 10
CONTEXT_TEXT = 3_000
ACTIONS_ELEMENTS = 25
MARKDOWN_TEXT = 12_000
"""For all markdown blocks of a message together."""
INPUT_LABEL = 2_000
INPUT_HINT = 2_000
IMAGE_URL = 3_000
IMAGE_ALT_TEXT = 2_000
IMAGE_TITLE = 2_000

BUTTON_TEXT = 75
BUTTON_VALUE = 2_000
BUTTON_URL = 3_000
ACCESSIBILITY_LABEL = 75
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_BUTTON = 30
OPTION_TEXT = 75
OPTION_VALUE = 150
OPTION_DESCRIPTION = 75
OPTION_URL = 3_000
OPTION_GROUP_LABEL = 75
SELECT_OPTIONS = 100
OVERFLOW_OPTIONS = 5
CHOICE_OPTIONS = 10
"""Checkboxes and radio buttons."""
PLACEHOLDER = 150
TYPED_TEXT = 3_000
"""What a plain_text_input can hold."""
FILE_INPUT_FILES = 10
LIST_INDENT = 8

VIEW_TITLE = 24
VIEW_BUTTON = 24
"""`submit` and `close`."""
PRIVATE_METADATA = 3_000
CALLBACK_ID = 255
EXTERNAL_ID = 255
VIEW_BYTES = 250 * 1024
"""Of a view as JSON (`view_too_large`)."""
MODALS = 3
"""The root and two that are pushed upon it (`push_limit_reached`)."""
TRIGGER_SECONDS = 3.0

TABLE_ROWS = 100
TABLE_COLUMNS = 20
TABLE_CHARACTERS = 10_000
"""In all cells of a table, and of all data tables of a message together (newer: 20,000)."""
TABLES = 1
"""In one message."""
DATA_TABLE_ROWS = 101
"""With the header (newer: 201)."""
DATA_TABLE_PAGE = 100
CHARTS = 2
"""In one message."""
CHART_TITLE = 50
CHART_LABEL = 20
CHART_AXIS = 50
CHART_SERIES = 6
"""Newer: 12."""
CHART_SEGMENTS = 12
CHART_POINTS = 20

ALERT_TEXT = 200
CARD_TITLE = 150
CARD_BODY = 200
CARD_ACTIONS = 3
CAROUSEL_CARDS = 10
CONTAINER_TITLE = 150
CONTAINER_BLOCKS = 10
CONTEXT_ACTIONS = 5
FEEDBACK_TEXT = 75
VISIBLE_TO = 10
PLAN_TASKS = 50
RICH_LINES = 100

STREAM_SECONDS = 300.0
"""How long a streaming message lives (seen, not documented)."""

RESPONSE_URL_USES = 5
RESPONSE_URL_SECONDS = 30 * 60
ACK_SECONDS = 3
CONNECTIONS = 10
"""Socket Mode connections of one app."""
