"""Proposals as they wait."""

from datetime import UTC, datetime, timedelta

from bot.core.plan import Plan
from bot.core.proposal import Case, Consent, Party, Proposed
from bot.core.reply import Proposal
from bot.core.request import Place, Surface

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ADA = Party("T1/UADA", "T1/UADA", "ada")


def case_of(plan: Plan, ticket: str = "ticket", consent: Consent = Consent.CONFIRM) -> Case:
    place = Place(Surface.SLASH, "CSHOP")
    proposed = Proposed(plan, consent, ADA, place, "r-1", plan.phrase)
    return Case(ticket, proposed, NOON, NOON + timedelta(minutes=15))


def proposal_of(plan: Plan, ticket: str = "ticket") -> Proposal:
    return Proposal(case_of(plan, ticket))
