"""Every platform by its name in the path."""

from gateway.intake.platforms.boberdoo import BOBERDOO
from gateway.intake.platforms.contact_form_7 import CONTACT_FORM_7
from gateway.intake.platforms.elementor import ELEMENTOR
from gateway.intake.platforms.google_ads import GOOGLE_ADS
from gateway.intake.platforms.hubspot import HUBSPOT
from gateway.intake.platforms.jotform import JOTFORM
from gateway.intake.platforms.leadconduit import LEADCONDUIT
from gateway.intake.platforms.meta import META
from gateway.intake.platforms.salesforce import SALESFORCE
from gateway.intake.platforms.shape import Platform
from gateway.intake.platforms.typeform import TYPEFORM

PLATFORMS: dict[str, Platform] = {
    platform.name: platform
    for platform in (
        GOOGLE_ADS, META, TYPEFORM, JOTFORM, ELEMENTOR, CONTACT_FORM_7, HUBSPOT, SALESFORCE, LEADCONDUIT, BOBERDOO,
    )
}  # fmt: skip
