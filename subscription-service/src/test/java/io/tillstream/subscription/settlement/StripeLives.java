package io.tillstream.subscription.settlement;

import java.util.function.UnaryOperator;

/** Lives of subscriptions as they happen. A month is passed with a day more, and the hour until its invoice is collected. */
enum StripeLives {
    PAID_AND_RENEWED(life ->
            life.paidBy("pm_card_visa").begins("starter-monthly").after("P32D").after("P31D")),

    TRIAL_WITH_CARD(life -> life.paidBy("pm_card_visa")
            .begins("pro-monthly", "trial_period_days=14")
            .after("P15D")),

    TRIAL_WITHOUT_CARD_ENDS(life -> life.begins(
                    "pro-monthly",
                    "trial_period_days=14",
                    "trial_settings[end_behavior][missing_payment_method]=cancel")
            .after("P15D")),

    TRIAL_WITHOUT_CARD_WAITS_FOR_ONE(life -> life.begins(
                    "pro-monthly", "trial_period_days=14", "trial_settings[end_behavior][missing_payment_method]=pause")
            .after("P15D")
            .paidBy("pm_card_visa")
            .resumes()
            .after("PT2H")),

    RENEWAL_FAILS_AND_IS_PAID_LATER(life -> life.paidBy("pm_card_visa")
            .begins("starter-monthly")
            .paidBy("pm_card_chargeCustomerFail")
            .after("P33D")
            .after("P3D")
            .paidBy("pm_card_visa")
            .isPaid()
            .after("P31D")),

    RENEWAL_IS_GIVEN_UP(life -> life.paidBy("pm_card_visa")
            .begins("starter-monthly")
            .paidBy("pm_card_chargeCustomerFail")
            .after("P33D")
            .after("P30D")),

    UPGRADE_AND_MORE_SEATS(life -> life.paidBy("pm_card_visa")
            .begins("starter-monthly")
            .after("P10D")
            .becomes("pro-monthly", "proration_behavior=always_invoice")
            .becomes("pro-monthly", "items[0][quantity]=4", "proration_behavior=always_invoice")
            .after("P25D")),

    DOWNGRADE_AT_THE_END_OF_THE_PERIOD(life -> life.paidBy("pm_card_visa")
            .begins("pro-monthly")
            .willBecome("starter-monthly")
            .after("P33D")),

    DOWNGRADE_TAKEN_BACK(life -> life.paidBy("pm_card_visa")
            .begins("pro-monthly")
            .willBecome("starter-monthly")
            .after("P2D")
            .isReleased()
            .willBecome("starter-yearly")),

    CANCEL_AND_UNDO_AND_CANCEL(life -> life.paidBy("pm_card_visa")
            .begins("starter-monthly")
            .changes("cancel_at_period_end=true", "cancellation_details[feedback]=unused")
            .changes("cancel_at_period_end=false")
            .after("P33D")
            .changes("cancel_at_period_end=true")
            .after("P33D")),

    PAUSED_AND_RESUMED(life -> life.paidBy("pm_card_visa")
            .begins("starter-monthly")
            .changes("pause_collection[behavior]=void")
            .after("P33D")
            .changes("pause_collection=")
            .after("P31D")),

    CHANGE_THAT_WAS_NEVER_PAID(life -> life.paidBy("pm_card_visa")
            .begins("starter-monthly")
            .paidBy("pm_card_chargeCustomerFail")
            .after("P3D")
            .becomes("pro-monthly", "proration_behavior=always_invoice", "payment_behavior=pending_if_incomplete")
            .after("P2D")),

    FIRST_BILL_NEVER_PAID(life -> life.begins("starter-monthly", "payment_behavior=default_incomplete")
            .after("P1D")),

    ENDED_AT_ONCE(life -> life.paidBy("pm_card_visa")
            .begins("starter-monthly")
            .after("P1D")
            .changes("cancel_at_period_end=true")
            .isCanceled());

    private final UnaryOperator<StripeLife> story;

    StripeLives(UnaryOperator<StripeLife> story) {
        this.story = story;
    }

    void live(StripeLife life) {
        var unused = story.apply(life);
    }
}
