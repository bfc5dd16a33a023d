package io.tillstream.chaos.check;

import static io.tillstream.chaos.check.observation.Service.SUBSCRIPTIONS;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** S1: each breach is named that is planted. */
class SubscriptionInvariantsIT {
    private static final String OURS = "30000000-0000-0000-0000-000000000001";
    private static final String SUBSCRIPTIONS_AT_STRIPE = "/v1/subscriptions";
    private static final String INVOICES = "/v1/invoices";
    private static final String MAY_NOT_USE = "ann may not use";

    private final World world = new World();

    @AfterEach
    void end() {
        world.close();
    }

    @ParameterizedTest
    @CsvSource({
        "status, status = 'past_due'",
        "quantity, quantity = 2",
        "price, stripe_price_id = 'price_old'",
        "plan, plan_id = 'pro-monthly'",
        "period's start, current_period_start = now()",
        "period's end, current_period_end = null",
    })
    void whatIsOtherwiseThanAtStripeIsABreach(String what, String change) {
        world.sql(SUBSCRIPTIONS, "update subscriptions set " + change + " where id = '" + OURS + "'")
                .hasBreach("S1", OURS, "its " + what + " is");
    }

    @Test
    void aSubscriptionThatIsNotAtStripeIsABreach() {
        world.stripe.remove(SUBSCRIPTIONS_AT_STRIPE, "sub_1");
        world.hasBreach("S1", OURS, "not at Stripe");
    }

    @Test
    void aSubscriptionOfOurCustomerThatIsNotKnownHereIsABreach() {
        second("cus_2");
        world.hasBreach("S1", "sub_2", "not known here");
    }

    @Test
    void anInvoiceThatIsNotKnownHereIsABreach() {
        world.stripe.add(
                "/v1/invoices",
                "{'id': 'in_2', 'status': 'open', 'amount_paid': 0,"
                        + " 'parent': {'subscription_details': {'subscription': 'sub_1'}}}");
        world.hasBreach("S1", "in_2", "not known here");
    }

    @Test
    void anInvoiceOfWhichStripeSaysSomethingElseIsABreach() {
        world.sql(SUBSCRIPTIONS, "update invoices set amount_paid = 899")
                .hasBreach("S1", "in_1", "899 paid here", "900 at Stripe");
    }

    @Test
    void anEntitlementFromASubscriptionThatIsOverIsABreach() {
        world.stripe.get(SUBSCRIPTIONS_AT_STRIPE, "sub_1").put("status", "canceled");
        world.hasBreach("S1", "ann may use reading-room", "canceled");
    }

    @Test
    void anEntitlementThatNobodyPaidForIsABreach() {
        world.stripe.get(INVOICES, "in_1").put("status", "open");
        world.hasBreach("S1", "ann may use reading-room", "neither a trial nor a paid invoice");
    }

    @Test
    void anEntitlementThatNothingGivesIsABreach() {
        world.sql(
                        SUBSCRIPTIONS,
                        "insert into entitlements (user_id, feature, grade, since, updated_at)"
                                + " values ('bob', 'exports', 'full', now(), now())")
                .hasBreach("S1", "bob may use exports", "nothing gives");
    }

    @Test
    void aPaidSubscriptionThatGivesNothingIsABreach() {
        withoutAccess().hasBreach("S1", "ann may not use reading-room", OURS, "active and paid");
    }

    @Test
    void aTrialThatGivesNothingIsABreach() {
        world.stripe.get(SUBSCRIPTIONS_AT_STRIPE, "sub_1").put("status", "trialing");
        world.stripe.get(INVOICES, "in_1").put("status", "open");
        withoutAccess().hasBreach("S1", "ann may not use reading-room", OURS, "in its trial");
    }

    @Test
    void aPaidSubscriptionThatGivesAPartOnlyIsABreach() {
        world.sql(SUBSCRIPTIONS, "update entitlement_sources set grade = 'limited' where source = '" + OURS + "'")
                .hasBreach("S1", "ann may not use reading-room", OURS);
    }

    @Test
    void anEntitlementOfWhichItsUserWasNotToldIsABreach() {
        world.sql(SUBSCRIPTIONS, "delete from entitlements where user_id = 'ann'")
                .hasBreach("S1", "ann may not use reading-room", OURS);
    }

    @Test
    void whatNobodyPaidForGivesNothing() {
        world.stripe.get(INVOICES, "in_1").put("status", "open");
        withoutAccess().hasNoBreach("S1", MAY_NOT_USE);
    }

    @Test
    void aTrialThatIsOverMayGiveNothingWhileADebitIsOnItsWay() {
        world.stripe.get(SUBSCRIPTIONS_AT_STRIPE, "sub_1").put("trial_end", 1_790_000_000);
        world.stripe.get(INVOICES, "in_1").put("status", "open").put("amount_paid", 0);
        withoutAccess().hasNoBreach("S1", MAY_NOT_USE);
    }

    @Test
    void whatIsNotActiveAtStripeMayGiveNothing() {
        world.stripe.get(SUBSCRIPTIONS_AT_STRIPE, "sub_1").put("status", "past_due");
        withoutAccess().hasNoBreach("S1", MAY_NOT_USE);
    }

    @Test
    void aSubscriptionWhoseCollectionIsPausedMayGiveNothing() {
        world.stripe
                .get(SUBSCRIPTIONS_AT_STRIPE, "sub_1")
                .putObject("pause_collection")
                .put("behavior", "void");
        withoutAccess().hasNoBreach("S1", MAY_NOT_USE);
    }

    @Test
    void aSubscriptionWhoseCollectionWasPausedMayGiveNothing() {
        world.sql(
                SUBSCRIPTIONS,
                "insert into subscription_pauses (subscription_id, began_at, ended_at) values ('" + OURS
                        + "', now() - interval '2 days', now())");
        withoutAccess().hasNoBreach("S1", MAY_NOT_USE);
    }

    @Test
    void aSubscriptionWhoseMoneyIsDisputedMayGiveNothing() {
        world.stripe.add("/v1/disputes", "{'id': 'du_9', 'payment_intent': 'pi_9', 'status': 'needs_response'}");
        withoutAccess().hasNoBreach("S1", MAY_NOT_USE);
    }

    @Test
    void aSubscriptionWhoseMoneyWentBackMayGiveNothing() {
        world.stripe.add("/v1/refunds", "{'id': 're_8', 'payment_intent': 'pi_9', 'amount': 300, 'status': 'pending'}");
        world.stripe.add("/v1/credit_notes", "{'id': 'cn_1', 'invoice': 'in_1', 'status': 'issued', 'total': 500}");
        withoutAccess().hasNoBreach("S1", MAY_NOT_USE);
    }

    @Test
    void aSubscriptionOfWhichAPartWentBackGivesAll() {
        world.stripe.add("/v1/refunds", "{'id': 're_8', 'payment_intent': 'pi_9', 'amount': 299, 'status': 'pending'}");
        world.stripe.add("/v1/credit_notes", "{'id': 'cn_1', 'invoice': 'in_1', 'status': 'issued', 'total': 500}");
        withoutAccess().hasBreach("S1", "ann may not use reading-room", OURS);
    }

    /** The plan that it was changed to has features that nobody paid for yet. */
    @Test
    void aChangedPlanGivesWhatTheOneBeforeHasToo() {
        world.sql(SUBSCRIPTIONS, "update subscriptions set plan_id = 'pro-monthly' where id = '" + OURS + "'")
                .hasNoBreach("S1", MAY_NOT_USE);

        withoutAccess().hasBreach("S1", "ann may not use reading-room", OURS);
        world.hasNoBreach("S1", "may not use annotations");
    }

    private World withoutAccess() {
        return world.sql(
                SUBSCRIPTIONS,
                "update entitlement_sources set grade = 'none' where source = '" + OURS + "'",
                "delete from entitlements where user_id = 'ann'");
    }

    @Test
    void twoLiveSubscriptionsOfOneUserToOnePlanAreABreach() {
        second("cus_1");
        world.hasBreach("S1", "2 live subscriptions at Stripe of ann to starter-monthly");
    }

    /** Its buyer has nothing and has paid. */
    @ParameterizedTest
    @ValueSource(strings = {"canceled", "incomplete_expired"})
    void aStartThatCameToNothingAndKeepsItsMoneyIsABreach(String over) {
        cameToNothing(over).hasBreach("S1", "ann paid 900 by invoice in_1", OURS, "came to nothing");
    }

    /** Its answer was lost: our row does not know which it is. */
    @Test
    void aStartThatIsKnownByItsMetadataOnlyIsABreachToo() {
        cameToNothing("canceled");
        world.stripe.get(SUBSCRIPTIONS_AT_STRIPE, "sub_1").putObject("metadata").put("subscription_id", OURS);
        world.sql(SUBSCRIPTIONS, "update subscriptions set stripe_subscription_id = null where id = '" + OURS + "'")
                .hasBreach("S1", "ann paid 900 by invoice in_1", OURS);
    }

    @ParameterizedTest
    @CsvSource({"800, false", "799, true"})
    void aStartThatCameToNothingIsGivenBackWhole(long rest, boolean isBreach) {
        world.stripe.add(
                "/v1/refunds",
                "{'id': 're_10', 'payment_intent': 'pi_9', 'amount': " + rest
                        + ", 'status': 'pending', 'metadata': {}}");
        cameToNothing("canceled");
        if (isBreach) {
            world.hasBreach("S1", "ann paid 900");
        } else {
            world.hasNoBreach("S1", "ann paid 900");
        }
    }

    @Test
    void whatABankHoldsOfAStartOrAPersonIsToldOfIsNoBreach() {
        cameToNothing("canceled")
                .sql(
                        SUBSCRIPTIONS,
                        "insert into invoice_refunds (id, stripe_invoice_id, purpose, amount, currency, status, created_at,"
                                + " updated_at) values ('40000000-0000-0000-0000-000000000001', 'in_1', 'late_payment', 800,"
                                + " 'usd', 'flagged', now(), now())")
                .hasNoBreach("S1", "ann paid 900");
        world.sql(SUBSCRIPTIONS, "delete from invoice_refunds").hasBreach("S1", "ann paid 900");
        world.stripe.add("/v1/disputes", "{'id': 'du_9', 'payment_intent': 'pi_9', 'status': 'needs_response'}");
        world.hasNoBreach("S1", "ann paid 900");
    }

    /** It was used for a while, or somebody made it at Stripe: what it costs is theirs. */
    @Test
    void whatWasActiveKeepsItsMoneyWhenItIsOver() {
        world.stripe.get(SUBSCRIPTIONS_AT_STRIPE, "sub_1").put("status", "canceled");
        world.sql(
                        SUBSCRIPTIONS,
                        "update subscriptions set request = '{\"planId\": \"starter-monthly\"}' where id = '" + OURS
                                + "'")
                .hasNoBreach("S1", "came to nothing");
        cameToNothing("canceled");
        world.sql(SUBSCRIPTIONS, "update subscriptions set request = '{}' where id = '" + OURS + "'")
                .hasNoBreach("S1", "came to nothing");
    }

    private World cameToNothing(String status) {
        world.stripe.get(SUBSCRIPTIONS_AT_STRIPE, "sub_1").put("status", status);
        return world.sql(
                SUBSCRIPTIONS,
                "update subscriptions set request = '{\"planId\": \"starter-monthly\"}', status = '" + status
                        + "' where id = '" + OURS + "'",
                "delete from subscription_history where to_status = 'active' and subscription_id = '" + OURS + "'");
    }

    private void second(String customer) {
        ObjectNode copy = world.stripe.get(SUBSCRIPTIONS_AT_STRIPE, "sub_1").deepCopy();
        copy.put("id", "sub_2").put("customer", customer).putObject("metadata");
        world.stripe.add(SUBSCRIPTIONS_AT_STRIPE, copy.toString());
    }
}
