package io.tillstream.payment.paymentmethod;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.payment.simulated.SimulatedStripe;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/** Cards that subscriptions are paid with. */
class PayingCardsIT extends SimulatedStripe {

    private static final String VISA = "pm_card_visa";
    private static final String MASTERCARD = "pm_card_mastercard";
    private static final String NOT_NOW =
            "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"subscription_invalid_state\",\"message\":\"Not now.\"}}";

    @Autowired
    private DuplicateCards duplicates;

    /** A subscription paid with this card; an empty one: with the customer's default, whichever that is. */
    private String subscribed(String card) {
        String own = card.isEmpty() ? "" : "&default_payment_method=" + card;
        JsonNode made =
                STRIPE.post("/v1/subscriptions", "customer=" + customerId() + "&items[0][price]=" + price() + own);
        assertThat(made.path("status").asString()).as(made.toString()).isEqualTo("active");
        return made.path("id").asString();
    }

    private static String price() {
        return STRIPE.post(
                        "/v1/prices",
                        "currency=usd&unit_amount=900&recurring[interval]=month&product_data[name]=Starter")
                .path("id")
                .asString();
    }

    private WebTestClient.ResponseSpec remove(String card, String more) {
        return as(user).delete().uri("/api/payment-methods/" + card + more).exchange();
    }

    private void inUse(String card) {
        JsonNode no = json(remove(card, "").expectStatus().isEqualTo(409));
        assertThat(no.path("code").asString()).isEqualTo("payment-method-in-use");
        assertThat(STRIPE.get("/v1/payment_methods/" + card).path("customer").asString())
                .isEqualTo(customerId());
    }

    private void makeDefault(String card) {
        put(user, "/api/payment-methods/" + card, "{'setAsDefault':true}")
                .expectStatus()
                .isOk();
    }

    private JsonNode defaultAtStripe() {
        return STRIPE.get("/v1/customers/" + customerId()).at("/invoice_settings/default_payment_method");
    }

    @Test
    void aCardThatPaysASubscriptionStaysUntilAnotherOnePaysIt() {
        String card = saved(VISA);
        String other = saved(MASTERCARD);
        String subscription = subscribed(card);
        inUse(card);
        JsonNode notMine =
                json(remove(card, "?replaceWith=pm_not_mine").expectStatus().isEqualTo(422));
        assertThat(notMine.path("code").asString()).isEqualTo("payment-method-unusable");

        remove(card, "?replaceWith=" + other).expectStatus().isNoContent();

        assertThat(STRIPE.get("/v1/subscriptions/" + subscription)
                        .path("default_payment_method")
                        .asString())
                .isEqualTo(other);
        assertThat(STRIPE.get("/v1/payment_methods/" + card).path("customer").isNull())
                .isTrue();
        inUse(other);
    }

    /** What is planned would set the removed card again, and the next payment fail. */
    @Test
    void theOtherCardPaysAlsoWhatIsPlannedForTheSubscription() {
        String card = saved(VISA);
        String other = saved(MASTERCARD);
        String subscription = subscribed(card);
        String schedule = begunFor(subscription).path("id").asString();
        assertThat(plannedCard(schedule)).isEqualTo(card);
        isPlanned(schedule, card, "");

        remove(card, "?replaceWith=" + other).expectStatus().isNoContent();

        assertThat(cardsOf(schedule)).containsExactly(other, other);

        assertThat(plannedCard(schedule)).isEqualTo(other);
        assertThat(paysAtStripe(subscription)).isEqualTo(other);
    }

    private static String plannedCard(String schedule) {
        return STRIPE.get("/v1/subscription_schedules/" + schedule)
                .at("/phases/0/default_payment_method")
                .asString();
    }

    @Test
    void aNewDefaultPaysWhatFollowsTheDefault() {
        String card = saved(VISA);
        String other = saved(MASTERCARD);
        makeDefault(card);
        String subscription = subscribed("");
        inUse(card);

        makeDefault(other);

        inUse(other);
        remove(card, "").expectStatus().isNoContent();
        JsonNode now = STRIPE.get("/v1/subscriptions/" + subscription);
        assertThat(now.path("status").asString()).isEqualTo("active");
        assertThat(now.path("default_payment_method").isNull()).isTrue();
    }

    @Test
    void aDefaultThatIsReplacedGivesItsPlaceToTheOther() {
        String card = saved(VISA);
        String other = saved(MASTERCARD);
        makeDefault(card);
        String follows = subscribed("");
        String own = subscribed(card);

        remove(card, "?replaceWith=" + other).expectStatus().isNoContent();

        assertThat(defaultAtStripe().asString()).isEqualTo(other);
        assertThat(STRIPE.get("/v1/subscriptions/" + own)
                        .path("default_payment_method")
                        .asString())
                .isEqualTo(other);
        assertThat(STRIPE.get("/v1/subscriptions/" + follows)
                        .path("default_payment_method")
                        .isNull())
                .isTrue();
    }

    /** The default may be the same card once more, which is not shown: what follows the default would have no card. */
    @Test
    void aDefaultThatIsTheSameCardOnceMoreGivesItsPlaceToTheOtherToo() {
        String card = saved(VISA);
        String again = savedElsewhere();
        STRIPE.post("/v1/customers/" + customerId(), "invoice_settings[default_payment_method]=" + again);
        deliverAll();
        String other = saved(MASTERCARD);
        subscribed("");
        inUse(card);

        remove(card, "?replaceWith=" + other).expectStatus().isNoContent();

        assertThat(defaultAtStripe().asString()).isEqualTo(other);
    }

    @Test
    void aCardThatPaidWhatIsOverCanGo() {
        String card = saved(VISA);
        String subscription = subscribed(card);
        STRIPE.delete("/v1/subscriptions/" + subscription);

        remove(card, "").expectStatus().isNoContent();
    }

    /** Nobody would lose anything by it, and who has no other card could not remove theirs for a day. */
    @Test
    void aStartThatWasNeverPaidDoesNotKeepItsCard() {
        String card = saved(VISA);
        String start = startedUnpaid(card);

        remove(card, "").expectStatus().isNoContent();

        assertThat(STRIPE.get("/v1/payment_methods/" + card).path("customer").isNull())
                .isTrue();
        assertThat(STRIPE.get("/v1/subscriptions/" + start).path("status").asString())
                .isEqualTo("incomplete");
    }

    @Test
    void aStartThatWasNeverPaidGoesOnWithTheCardThatIsNamedInstead() {
        String card = saved(VISA);
        String other = saved(MASTERCARD);
        String start = startedUnpaid(card);

        remove(card, "?replaceWith=" + other).expectStatus().isNoContent();

        assertThat(paysAtStripe(start)).isEqualTo(other);
    }

    private String startedUnpaid(String card) {
        JsonNode made = STRIPE.post(
                "/v1/subscriptions",
                "customer=" + customerId() + "&items[0][price]=" + price() + "&default_payment_method=" + card
                        + "&payment_behavior=default_incomplete");
        assertThat(made.path("status").asString()).as(made.toString()).isEqualTo("incomplete");
        return made.path("id").asString();
    }

    /** The same number once more, as a page of Stripe's or its portal saves it. */
    private String savedElsewhere() {
        return STRIPE.post("/v1/payment_methods/" + VISA + "/attach", "customer=" + customerId())
                .path("id")
                .asString();
    }

    /** The same with another expiry, as the bank sends it when a card ends. */
    private String renewedVisa(int year) {
        String renewed = savedElsewhere();
        STRIPE.post("/v1/payment_methods/" + renewed, "card[exp_month]=12&card[exp_year]=" + year);
        return renewed;
    }

    private void duplicatesAreSettled() {
        deliverAll();
        execute("update cards set detach_due = now() - interval '1 day' where user_id = '" + user
                + "' and duplicate_of is not null");
        duplicates.round().block(WAIT);
        deliverAll();
    }

    private String paysAtStripe(String subscription) {
        return STRIPE.get("/v1/subscriptions/" + subscription)
                .path("default_payment_method")
                .asString();
    }

    @Test
    void aRenewedCardThatCameByAnyRoadPaysEverythingTheOldOnePaid() {
        String old = saved(VISA);
        makeDefault(old);
        String subscription = subscribed(old);
        String renewed = renewedVisa(2045);

        duplicatesAreSettled();

        JsonNode cards = get("/api/payment-methods").path("data");
        assertThat(cards).hasSize(1);
        assertThat(cards.path(0).path("id").asString()).isEqualTo(renewed);
        assertThat(cards.path(0).path("expYear").asInt()).isEqualTo(2045);
        assertThat(cards.path(0).path("isDefault").asBoolean()).isTrue();
        assertThat(defaultAtStripe().asString()).isEqualTo(renewed);
        assertThat(paysAtStripe(subscription)).isEqualTo(renewed);
        assertThat(STRIPE.get("/v1/payment_methods/" + old).path("customer").isNull())
                .isTrue();
    }

    /** A phase sets the card of the day it was planned: the next payment would be asked of the card that is gone. */
    @Test
    void aRenewedCardPaysAlsoWhatIsPlannedForOneThatFollowsTheDefault() {
        String old = saved(VISA);
        makeDefault(old);
        String subscription = subscribed("");
        String schedule = plannedWith(subscription, old);
        String renewed = renewedVisa(2045);

        duplicatesAreSettled();

        assertThat(cardsOf(schedule)).containsExactly("", renewed);
        assertThat(STRIPE.get("/v1/payment_methods/" + old).path("customer").isNull())
                .isTrue();
        assertThat(STRIPE.get("/v1/subscriptions/" + subscription)
                        .path("default_payment_method")
                        .isNull())
                .isTrue();
    }

    @Test
    void aCardThatIsOnlyPlannedToPayStaysUntilAnotherOneIsNamed() {
        String card = saved(VISA);
        String other = saved(MASTERCARD);
        makeDefault(other);
        String schedule = plannedWith(subscribed(""), card);
        inUse(card);

        remove(card, "?replaceWith=" + other).expectStatus().isNoContent();

        assertThat(cardsOf(schedule)).containsExactly("", other);
    }

    @Test
    void aDefaultThatIsReplacedGivesItsPlaceInWhatIsPlannedToo() {
        String card = saved(VISA);
        String other = saved(MASTERCARD);
        makeDefault(card);
        String schedule = plannedWith(subscribed(""), card);

        remove(card, "?replaceWith=" + other).expectStatus().isNoContent();

        assertThat(cardsOf(schedule)).containsExactly("", other);
    }

    @Test
    void theCardForAllSubscriptionsPaysAlsoWhatIsPlannedForThoseThatFollowTheDefault() {
        String card = saved(VISA);
        String other = saved(MASTERCARD);
        makeDefault(card);
        String schedule = plannedWith(subscribed(""), card);

        put(user, "/api/payment-methods/" + other, "{'forSubscriptions':true}")
                .expectStatus()
                .isOk();

        assertThat(cardsOf(schedule)).containsExactly("", other);
    }

    /** Its user ends it after the schedule was read: all phases are written, and the end is of the whole. */
    @Test
    void anEndIsNotPutOffByAnotherCard() {
        String card = saved(VISA);
        String other = saved(MASTERCARD);
        String schedule = plannedWith(subscribed(""), card);
        JsonNode now = STRIPE.get("/v1/subscription_schedules/" + schedule).at("/phases/0");
        ON_THE_WAY.next(
                "GET",
                schedule,
                form -> form,
                () -> STRIPE.post(
                        "/v1/subscription_schedules/" + schedule,
                        "end_behavior=cancel&metadata[ended_by]=user&phases[0][start_date]="
                                + now.path("start_date").asLong() + "&phases[0][end_date]="
                                + now.path("end_date").asLong()
                                + "&phases[0][items][0][price]="
                                + now.at("/items/0/price").asString()));

        remove(card, "?replaceWith=" + other).expectStatus().isNoContent();

        JsonNode ended = STRIPE.get("/v1/subscription_schedules/" + schedule);
        assertThat(ended.path("phases")).as("what is paid still").hasSize(1);
        assertThat(ended.path("end_behavior").asString()).isEqualTo("cancel");
    }

    /** As after a write whose answer was lost: all that is planned has the card, and ends after what its user ended. */
    @Test
    void anEndThatWasPutOffIsPutBackBySayingTheCardAgain() {
        String card = saved(VISA);
        makeDefault(card);
        String schedule = plannedWith(subscribed(""), card);
        JsonNode planned = STRIPE.get("/v1/subscription_schedules/" + schedule);
        JsonNode putOff = STRIPE.post(
                "/v1/subscription_schedules/" + schedule,
                "end_behavior=cancel&metadata[ended_by]=user&phases[0][start_date]="
                        + planned.at("/phases/0/start_date").asLong()
                        + "&phases[0][end_date]="
                        + planned.at("/phases/0/end_date").asLong()
                        + "&phases[0][items][0][price]="
                        + planned.at("/phases/0/items/0/price").asString() + "&phases[1][items][0][price]="
                        + planned.at("/phases/1/items/0/price").asString()
                        + "&phases[1][metadata][set_by]=user&phases[1][default_payment_method]=" + card);
        assertThat(putOff.path("phases")).as(putOff.toString()).hasSize(2);

        put(user, "/api/payment-methods/" + card, "{'forSubscriptions':true}")
                .expectStatus()
                .isOk();

        JsonNode ended = STRIPE.get("/v1/subscription_schedules/" + schedule);
        assertThat(ended.path("phases")).as("what is paid still").hasSize(1);
        assertThat(ended.path("end_behavior").asString()).isEqualTo("cancel");
    }

    /** The running phase names no card; the next one sets this one. Gives the schedule. */
    private static String plannedWith(String subscription, String card) {
        JsonNode begun = STRIPE.post("/v1/subscription_schedules", "from_subscription=" + subscription);
        String schedule = begun.path("id").asString();
        JsonNode now = begun.at("/phases/0");
        JsonNode planned = STRIPE.post(
                "/v1/subscription_schedules/" + schedule,
                "end_behavior=release&phases[0][start_date]="
                        + now.path("start_date").asLong()
                        + "&phases[0][end_date]=" + now.path("end_date").asLong() + "&phases[0][items][0][price]="
                        + now.at("/items/0/price").asString() + "&phases[1][items][0][price]="
                        + now.at("/items/0/price").asString()
                        + "&phases[1][items][0][quantity]=2&phases[1][default_payment_method]=" + card);
        assertThat(planned.path("phases")).as(planned.toString()).hasSize(2);
        assertThat(cardsOf(schedule)).containsExactly("", card);
        return schedule;
    }

    private static List<String> cardsOf(String schedule) {
        return STRIPE.get("/v1/subscription_schedules/" + schedule)
                .path("phases")
                .valueStream()
                .map(phase -> phase.path("default_payment_method").asString(""))
                .toList();
    }

    @Test
    void whatStripesPortalMadeTheDefaultIsShownAsTheDefault() {
        String kept = saved(VISA);
        String again = savedElsewhere();
        STRIPE.post("/v1/customers/" + customerId(), "invoice_settings[default_payment_method]=" + again);
        String subscription = subscribed(again);
        deliverAll();
        assertThat(get("/api/payment-methods").at("/data/0/isDefault").asBoolean())
                .isTrue();

        duplicatesAreSettled();

        assertThat(get("/api/payment-methods").path("data")).hasSize(1);
        assertThat(get("/api/payment-methods").at("/data/0/isDefault").asBoolean())
                .isTrue();
        assertThat(defaultAtStripe().asString()).isEqualTo(kept);
        assertThat(paysAtStripe(subscription)).isEqualTo(kept);
        assertThat(STRIPE.get("/v1/payment_methods/" + again).path("customer").isNull())
                .isTrue();
    }

    @Test
    void allSubscriptionsAreMovedWithTheDefaultWhereThatIsAskedFor() {
        String card = saved(VISA);
        String other = saved(MASTERCARD);
        makeDefault(card);
        String own = subscribed(card);
        String follows = subscribed("");
        put(user, "/api/payment-methods/" + other, "{'forSubscriptions':false}")
                .expectStatus()
                .isEqualTo(422);

        put(user, "/api/payment-methods/" + other, "{'forSubscriptions':true}")
                .expectStatus()
                .isOk();

        assertThat(defaultAtStripe().asString()).isEqualTo(other);
        assertThat(paysAtStripe(own)).isEqualTo(other);
        assertThat(STRIPE.get("/v1/subscriptions/" + follows)
                        .path("default_payment_method")
                        .isNull())
                .isTrue();
    }

    /** Of a card that its user saves again, with another expiry. */
    @Test
    void aNewExpiryThatStripeRefusesIsNoFaultAndTheNewerCardTakesThePlace() {
        String old = saved(VISA);
        makeDefault(old);
        String renewed = renewedVisa(2045);
        ON_THE_WAY.next("POST", "/v1/payment_methods/" + old, form -> form.replace("2045", "1999"));

        assertThat(saved(renewed, 200)).isEqualTo(old);

        duplicatesAreSettled();
        JsonNode cards = get("/api/payment-methods").path("data");
        assertThat(cards).hasSize(1);
        assertThat(cards.path(0).path("id").asString()).isEqualTo(renewed);
        assertThat(cards.path(0).path("expYear").asInt()).isEqualTo(2045);
    }

    /** Its user would be told that it expires, or have two of it, and pay with the one that is over. */
    @Test
    void aCardThatIsSavedAgainWithALaterExpiryHasItFromThenOn() {
        String old = saved(VISA);
        makeDefault(old);
        String renewed = renewedVisa(2045);

        assertThat(saved(renewed, 200)).isEqualTo(old);

        assertThat(STRIPE.get("/v1/payment_methods/" + old).at("/card/exp_year").asInt())
                .isEqualTo(2045);
        duplicatesAreSettled();
        JsonNode cards = get("/api/payment-methods").path("data");
        assertThat(cards).hasSize(1);
        assertThat(cards.path(0).path("id").asString()).isEqualTo(old);
        assertThat(cards.path(0).path("expYear").asInt()).isEqualTo(2045);
        assertThat(defaultAtStripe().asString()).isEqualTo(old);
        assertThat(STRIPE.get("/v1/payment_methods/" + renewed).path("customer").isNull())
                .isTrue();
    }

    @Test
    void anOlderExpiryThatComesLaterLoses() {
        String newer = saved(VISA);
        put(user, "/api/payment-methods/" + newer, "{'expMonth':12,'expYear':2045}")
                .expectStatus()
                .isOk();
        String older = renewedVisa(2041);

        assertThat(saved(older, 200)).isEqualTo(newer);

        duplicatesAreSettled();
        JsonNode cards = get("/api/payment-methods").path("data");
        assertThat(cards).hasSize(1);
        assertThat(cards.path(0).path("id").asString()).isEqualTo(newer);
        assertThat(cards.path(0).path("expYear").asInt()).isEqualTo(2045);
        assertThat(STRIPE.get("/v1/payment_methods/" + newer)
                        .at("/card/exp_year")
                        .asInt())
                .isEqualTo(2045);
        assertThat(STRIPE.get("/v1/payment_methods/" + older).path("customer").isNull())
                .isTrue();
    }

    private String saved(String card, int status) {
        return json(post("/api/payment-methods", "{'paymentMethodId':'" + card + "'}")
                        .expectStatus()
                        .isEqualTo(status))
                .path("id")
                .asString();
    }

    @Test
    void aSubscriptionThatEndsWhileItsCardIsReplacedIsNoFault() {
        String card = saved(VISA);
        String other = saved(MASTERCARD);
        endsOnceItIsListed(subscribed(card));

        JsonNode no = json(remove(card, "?replaceWith=" + other).expectStatus().isEqualTo(409));

        assertThat(no.path("code").asString()).isEqualTo("subscription-refused");
        remove(card, "?replaceWith=" + other).expectStatus().isNoContent();
    }

    @Test
    void aSubscriptionThatEndsWhileTheDefaultIsChosenForAllIsNoFault() {
        String card = saved(VISA);
        String other = saved(MASTERCARD);
        endsOnceItIsListed(subscribed(card));
        String all = "{'setAsDefault':true,'forSubscriptions':true}";

        JsonNode no = json(
                put(user, "/api/payment-methods/" + other, all).expectStatus().isEqualTo(409));

        assertThat(no.path("code").asString()).isEqualTo("subscription-refused");
        put(user, "/api/payment-methods/" + other, all).expectStatus().isOk();
    }

    private static void endsOnceItIsListed(String subscription) {
        ON_THE_WAY.next(
                "GET", "/v1/subscriptions", none -> none, () -> STRIPE.delete("/v1/subscriptions/" + subscription));
    }

    private static JsonNode begunFor(String subscription) {
        return STRIPE.post("/v1/subscription_schedules", "from_subscription=" + subscription);
    }

    /** What runs, then twice of it, both paid with this card. */
    private static void isPlanned(String schedule, String card, String more) {
        write(
                schedule,
                card,
                "&phases[1][items][0][price]=" + runningPrice(schedule)
                        + "&phases[1][items][0][quantity]=2&phases[1][default_payment_method]=" + card + more);
        assertThat(cardsOf(schedule)).containsExactly(card, card);
    }

    private static String runningPrice(String schedule) {
        return shown(schedule).at("/phases/0/items/0/price").asString();
    }

    private static JsonNode shown(String schedule) {
        return STRIPE.get("/v1/subscription_schedules/" + schedule);
    }

    /** The running phase, and more. */
    private static void write(String schedule, String card, String more) {
        JsonNode now = shown(schedule).at("/phases/0");
        JsonNode written = STRIPE.post(
                "/v1/subscription_schedules/" + schedule,
                "phases[0][start_date]=" + now.path("start_date").asLong() + "&phases[0][end_date]="
                        + now.path("end_date").asLong() + "&phases[0][items][0][price]="
                        + now.at("/items/0/price").asString() + "&phases[0][default_payment_method]=" + card + more);
        assertThat(written.has("error")).as(written.toString()).isFalse();
    }

    /** As subscription-service does it, beside what the shop planned: that is kept. */
    private static void isCanceled(String schedule, String card) {
        write(
                schedule,
                card,
                "&end_behavior=cancel&metadata[canceled_by]=user&metadata[kept_00]=all&metadata[card_written]=");
    }

    /** And taken back, with what the shop planned. */
    private static void isResumed(String schedule, String card) {
        isPlanned(schedule, card, "&end_behavior=release&metadata[canceled_by]=&metadata[kept_00]=");
    }

    private WebTestClient.ResponseSpec paysAll(String card) {
        return put(user, "/api/payment-methods/" + card, "{'forSubscriptions':true}");
    }

    private static void stillEnds(String schedule) {
        assertThat(shown(schedule).path("phases")).as("what is paid still").hasSize(1);
        assertThat(shown(schedule).path("end_behavior").asString()).isEqualTo("cancel");
    }

    /** By saying another card while nothing is to come, and going on at once. */
    @Test
    void nobodyGetsRidOfThePriceThatTheShopPlanned() {
        String card = saved(VISA);
        String other = saved(MASTERCARD);
        String subscription = subscribed(card);
        String schedule = begunFor(subscription).path("id").asString();
        isCanceled(schedule, card);
        ON_THE_WAY.next("GET", schedule, form -> form, () -> isResumed(schedule, card));

        paysAll(other).expectStatus().isOk();

        assertThat(cardsOf(schedule)).as("what the shop planned").containsExactly(other, other);
        assertThat(paysAtStripe(subscription)).isEqualTo(other);
    }

    /** Its user was told that it ends, and says their card again as the first answer was a no. */
    @Test
    void anEndBesideWhatTheShopPlannedIsPutBackBySayingTheCardAgain() {
        String card = saved(VISA);
        String other = saved(MASTERCARD);
        String schedule = begunFor(subscribed(card)).path("id").asString();
        isPlanned(schedule, card, "");
        ON_THE_WAY.next("GET", schedule, form -> form, () -> isCanceled(schedule, card));
        ON_THE_WAY.refuses("POST", schedule, "end_behavior=cancel", NOT_NOW, () -> {});
        paysAll(other).expectStatus().isEqualTo(409);
        assertThat(cardsOf(schedule)).as("put off").containsExactly(other, other);

        paysAll(other).expectStatus().isOk();

        stillEnds(schedule);
    }

    /** A card that was written before the end has not lost it: what comes after it is the shop's newer plan. */
    @Test
    void whatTheShopPlannedAfterTheEndStays() {
        String card = saved(VISA);
        String other = saved(MASTERCARD);
        String schedule = begunFor(subscribed(card)).path("id").asString();
        isPlanned(schedule, card, "&metadata[card_written]=true");
        isCanceled(schedule, card);
        isPlanned(schedule, card, "&end_behavior=cancel");

        paysAll(other).expectStatus().isOk();

        assertThat(cardsOf(schedule)).containsExactly(other, other);
    }

    /** The end was taken back with all that was planned, after the first of the two writes. */
    @Test
    void theCardPaysThoughTheScheduleIsReleasedBesideIt() {
        String card = saved(VISA);
        String other = saved(MASTERCARD);
        String subscription = subscribed(card);
        String schedule = begunFor(subscription).path("id").asString();
        isPlanned(schedule, card, "");
        ON_THE_WAY.next("GET", schedule, form -> form, () -> {
            isCanceled(schedule, card);
            ON_THE_WAY.next("POST", schedule, form -> form, () -> isReleased(schedule));
        });

        paysAll(other).expectStatus().isOk();

        assertThat(paysAtStripe(subscription)).isEqualTo(other);
    }

    private static void isReleased(String schedule) {
        JsonNode released = STRIPE.post("/v1/subscription_schedules/" + schedule + "/release", "");
        assertThat(released.path("status").asString()).as(released.toString()).isEqualTo("released");
    }

    /** This moment, before the second write. */
    @Test
    void theCardPaysThoughTheScheduleIsReleasedBeforeTheEndIsPutBack() {
        String card = saved(VISA);
        String other = saved(MASTERCARD);
        String subscription = subscribed(card);
        String schedule = begunFor(subscription).path("id").asString();
        isPlanned(schedule, card, "");
        ON_THE_WAY.next("GET", schedule, form -> form, () -> {
            isCanceled(schedule, card);
            ON_THE_WAY.next("GET", schedule, form -> form, () -> isReleased(schedule));
        });

        paysAll(other).expectStatus().isOk();

        assertThat(paysAtStripe(subscription)).isEqualTo(other);
    }

    /** That releases nothing, so Stripe takes the second write. */
    @Test
    void whoGoesOnBeforeTheEndIsPutBackGoesOnAsTheShopPlanned() {
        String card = saved(VISA);
        String other = saved(MASTERCARD);
        String schedule = begunFor(subscribed(card)).path("id").asString();
        isPlanned(schedule, card, "");
        ON_THE_WAY.next("GET", schedule, form -> form, () -> {
            isCanceled(schedule, card);
            ON_THE_WAY.next("GET", schedule, form -> form, () -> isResumed(schedule, card));
        });

        paysAll(other).expectStatus().isOk();

        assertThat(cardsOf(schedule)).as("what the shop planned").containsExactly(other, other);
        assertThat(shown(schedule).path("end_behavior").asString()).isEqualTo("release");
    }
}
