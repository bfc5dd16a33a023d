package io.tillstream.subscription.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.tillstream.stripe.CompensationGuard;
import io.tillstream.stripeevents.StripeEvent;
import io.tillstream.subscription.simulated.SimulatedStripe;
import io.tillstream.subscription.subscription.Subscription;
import io.tillstream.web.IdempotencyKey;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

class StartIT extends SimulatedStripe {

    private static final String STARTER = "{'planId':'starter-monthly'}";

    private static final String PAGE = "{'mode':'subscription','planId':'starter-monthly',"
            + "'successUrl':'http://localhost:8080/welcome','cancelUrl':'http://localhost:8080/plans'}";

    private static final String PAID = "method=card&email=a@example.com&cardNumber=4242424242424242&cardExpiry=12/34"
            + "&cardCvc=123&billingName=A&billingCountry=US&billingPostalCode=12345";

    @Autowired
    private StartSweep sweep;

    @Autowired
    private StartSubmitter asking;

    @Autowired
    private StartRepository begun;

    @Autowired
    private MeterRegistry meters;

    @Autowired
    private CircuitBreaker breaker;

    private double unanswered() {
        return meters.get("tillstream.subscriptions.unanswered").gauge().value();
    }

    private JsonNode started(String body) {
        return json(ask("/api/subscriptions", body).expectStatus().isCreated());
    }

    private void paidInTheBrowser(JsonNode started, String card) {
        confirmed(started, card);
        deliverAll();
    }

    private void confirmed(JsonNode started, String card) {
        String secret = started.path("clientSecret").asString();
        String intent = secret.substring(0, secret.indexOf("_secret_"));
        String kind = intent.startsWith("pi_") ? "payment_intents" : "setup_intents";
        STRIPE.post("/v1/" + kind + "/" + intent + "/confirm", "payment_method=" + card);
    }

    private JsonNode one(JsonNode started) {
        return get("/api/subscriptions/" + started.path("id").asString());
    }

    private List<String> live() {
        return texts("select status from subscriptions where user_id = '" + user
                + "' and status not in ('failed', 'canceled', 'incomplete_expired')");
    }

    private long liveAtStripe() {
        return atStripe()
                .valueStream()
                .map(one -> one.path("status").asString())
                .filter(status -> !status.equals("canceled") && !status.equals("incomplete_expired"))
                .count();
    }

    @Test
    void whatIsPaidInTheBrowserRuns() {
        JsonNode started = started(STARTER);
        assertThat(started.path("status").asString()).isEqualTo("incomplete");
        assertThat(started.path("clientSecretFor").asString()).isEqualTo("payment");
        paidInTheBrowser(started, "pm_card_visa");
        assertThat(one(started).path("status").asString()).isEqualTo("active");
        assertThat(told())
                .contains("subscription.created", "subscription.activated")
                .doesNotHaveDuplicates();
        assertThat(atStripe().get(0).path("default_payment_method").asString(""))
                .startsWith("pm_");
        JsonNode timeline = get("/api/subscriptions/" + started.path("id").asString() + "/timeline");
        assertThat(timeline.path("data").size()).isGreaterThan(3);
    }

    @Test
    void twentyAtOnceBeginOneSubscription() {
        List<CompletableFuture<Integer>> starts = IntStream.range(0, 20)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> ask("/api/subscriptions", STARTER)
                        .returnResult(byte[].class)
                        .getStatus()
                        .value()))
                .toList();
        List<Integer> answers = starts.stream().map(CompletableFuture::join).toList();
        assertThat(answers).containsOnlyOnce(201);
        assertThat(answers).allMatch(status -> status == 201 || status == 200 || status == 409);
        assertThat(atStripe()).hasSize(1);
        assertThat(live()).hasSize(1);
    }

    @Test
    void aRepeatWithTheSameKeyIsTheSameStart() {
        String key = UUID.randomUUID().toString();
        JsonNode first =
                json(ask(key, "/api/subscriptions", STARTER).expectStatus().isCreated());
        JsonNode again =
                json(ask(key, "/api/subscriptions", STARTER).expectStatus().isCreated());
        assertThat(again.path("id").asString()).isEqualTo(first.path("id").asString());
        assertThat(atStripe()).hasSize(1);
    }

    @Test
    void aSavedCardPaysInOneStep() {
        JsonNode started =
                started("{'planId':'starter-monthly','paymentMethodId':'" + savedCard("pm_card_visa") + "'}");
        assertThat(started.path("status").asString()).isEqualTo("active");
        assertThat(started.has("clientSecret")).isFalse();
        JsonNode no = json(ask("/api/subscriptions", STARTER).expectStatus().isEqualTo(409));
        assertThat(no.path("code").asString()).isEqualTo("subscription-already-live");
        assertThat(no.path("subscriptionId").asString())
                .isEqualTo(started.path("id").asString());
    }

    /** As Stripe.js made it of what was typed, nobody's yet. */
    @Test
    void aNewCardComesWithTheSubscriptionInOneCall() {
        String fresh = STRIPE.post("/v1/payment_methods", "type=card&card[token]=tok_visa")
                .path("id")
                .asString();

        JsonNode started = started("{'planId':'starter-monthly','paymentMethodId':'" + fresh + "'}");

        assertThat(started.path("status").asString()).isEqualTo("active");
        assertThat(started.path("paymentMethodId").asString()).isEqualTo(fresh);
        assertThat(STRIPE.get("/v1/payment_methods/" + fresh).path("customer").asString())
                .isEqualTo(customerOf(user));
    }

    /** One truth: who is told that it runs may use what it gives. */
    @Test
    void whatIsPaidAtOnceGivesAtOnce() {
        JsonNode started =
                started("{'planId':'starter-monthly','paymentMethodId':'" + savedCard("pm_card_visa") + "'}");

        assertThat(started.path("status").asString()).isEqualTo("active");
        assertThat(settlement(started, "").path("state").asString()).isEqualTo("active");
        assertThat(features()).containsExactly("reading-room full");
    }

    @Test
    void itSettlesUntilTheBillIsKnownToBePaidWhicheverEventComesFirst() {
        JsonNode started = started(STARTER);
        String secret = started.path("clientSecret").asString();
        STRIPE.post(
                "/v1/payment_intents/" + secret.substring(0, secret.indexOf("_secret_")) + "/confirm",
                "payment_method=pm_card_visa");
        news().stream()
                .filter(event -> event.type().startsWith("customer.subscription."))
                .forEach(this::deliver);

        assertThat(one(started).path("status").asString()).isEqualTo("incomplete");
        JsonNode settling = settlement(started, "");
        assertThat(settling.path("state").asString()).isEqualTo("settling");
        assertThat(features()).isEmpty();

        JsonNode read =
                settlement(started, "?wait=1s&since=" + settling.path("version").asInt());
        assertThat(read.path("state").asString()).isEqualTo("active");
        assertThat(features()).containsExactly("reading-room full");
        assertThat(one(started).path("status").asString()).isEqualTo("active");
    }

    private JsonNode settlement(JsonNode started, String query) {
        return get("/api/subscriptions/" + started.path("id").asString() + "/settlement" + query);
    }

    private List<String> features() {
        return texts("select feature || ' ' || grade from entitlements where user_id = '" + user + "' order by 1");
    }

    /** Stripe repeats a failure for its key for a day; that is no day in which the plan is closed to its user. */
    @Test
    void aFailureThatStripeKeepsForTheKeyOfAStartStandsInNobodysWay() {
        STRIPE.next("POST /v1/subscriptions", "error_before");
        JsonNode open = json(ask("/api/subscriptions", STARTER).expectStatus().isEqualTo(202));
        execute("update subscriptions set next_ask_at = now() - interval '1 day' where user_id = '" + user + "'");

        sweep.round().block(WAIT);

        assertThat(one(open).path("status").asString()).isEqualTo("failed");
        assertThat(one(open).path("failure").asString()).isEqualTo("not-taken");
        started(STARTER);
        assertThat(atStripe()).hasSize(1);
    }

    @Test
    void aFailureThatStripeKeepsForTheKeyOfAPageIsNotRepeatedForADay() {
        String page = "{'mode':'subscription','planId':'starter-monthly',"
                + "'successUrl':'http://localhost:8080/welcome','cancelUrl':'http://localhost:8080/plans'}";
        String key = UUID.randomUUID().toString();
        STRIPE.next("POST /v1/checkout/sessions", "error_before");
        ask(key, "/api/checkout/sessions", page).expectStatus().isEqualTo(503);

        assertThat(json(ask(key, "/api/checkout/sessions", page).expectStatus().isCreated())
                        .path("url")
                        .asString())
                .startsWith("http");
        assertThat(openPages()).hasSize(1);
    }

    /** Else one key opens a page for an order and one for a plan. */
    @Test
    void aKeyUnderWhichAPageOfAnotherKindWasOpenedBeginsNothing() {
        String key = UUID.randomUUID().toString();
        PAYMENT_SERVICE.openedAnotherPage(
                IdempotencyKey.of(user, "POST /api/checkout/sessions", key).id().toString());

        String page = "{'mode':'subscription','planId':'starter-monthly',"
                + "'successUrl':'http://localhost:8080/welcome','cancelUrl':'http://localhost:8080/plans'}";

        JsonNode no =
                json(ask(key, "/api/checkout/sessions", page).expectStatus().isEqualTo(422));

        assertThat(no.path("code").asString()).isEqualTo("idempotency-key-reused");
        assertThat(openPages()).isEmpty();
        assertThat(texts("select id from subscriptions where user_id = '" + user + "'"))
                .isEmpty();
    }

    @Test
    void whatStripeRefusesToCloseOnceIsClosedAllTheSame() {
        started(STARTER);
        STRIPE.next("POST /v1/invoices/*/void", "error_before");
        String other = "{'planId':'starter-monthly','currency':'eur'}";
        ask("/api/subscriptions", other).expectStatus().isEqualTo(503);

        started(other);

        assertThat(liveAtStripe()).isEqualTo(1);
    }

    /** Stripe keeps that no for its key for a day: for so long nobody could begin another. */
    @Test
    void aStartWhoseBankDebitFailedGivesWayThoughItDidNotBefore() {
        JsonNode first = started(STARTER);
        String secret = first.path("clientSecret").asString();
        String intent = secret.substring(0, secret.indexOf("_secret_"));
        JsonNode debited = STRIPE.post(
                "/v1/payment_intents/" + intent + "/confirm",
                "payment_method=pm_usBankAccount_processing&mandate_data[customer_acceptance][type]=offline");
        assertThat(debited.path("status").asString()).as(debited.toString()).isEqualTo("processing");
        String other = "{'planId':'starter-monthly','currency':'eur'}";
        ask("/api/subscriptions", other).expectStatus().isEqualTo(409);
        STRIPE.control("/_simulator/payment_intents/" + intent + "/settle", "{\"success\":false}");

        started(other);

        assertThat(liveAtStripe()).isEqualTo(1);
    }

    @Test
    void aDeclinedCardLeavesNothingBehind() {
        String card = savedCard("pm_card_chargeCustomerFail");
        JsonNode no = json(ask("/api/subscriptions", "{'planId':'starter-monthly','paymentMethodId':'" + card + "'}")
                .expectStatus()
                .isEqualTo(402));
        assertThat(no.path("code").asString()).isEqualTo("card-declined");
        assertThat(no.path("failure").path("declineCode").asString()).isNotEmpty();
        deliverAll();
        assertThat(live()).isEmpty();
        assertThat(liveAtStripe()).isZero();
        started("{'planId':'starter-monthly','paymentMethodId':'" + savedCard("pm_card_visa") + "'}");
    }

    /** It would look like a subscription that its user has or had. By its id, and by its status, it is there. */
    @Test
    void aStartThatCameToNothingIsNotListed() {
        String card = savedCard("pm_card_chargeCustomerFail");
        ask("/api/subscriptions", "{'planId':'starter-monthly','paymentMethodId':'" + card + "'}")
                .expectStatus()
                .isEqualTo(402);
        deliverAll();
        ON_THE_WAY.next("POST", "/v1/subscriptions", form -> form + "&default_payment_method=pm_none");
        ask("/api/subscriptions", "{'planId':'starter-yearly'}").expectStatus().is4xxClientError();
        List<String> ended = texts("select id || ' ' || status from subscriptions where user_id = '" + user + "'");
        assertThat(ended).hasSize(2).anyMatch(one -> one.endsWith(" failed"));

        assertThat(get("/api/subscriptions").path("data")).isEmpty();

        for (String one : ended) {
            String status = one.split(" ")[1];
            assertThat(get("/api/subscriptions?status=" + status).path("data")).isNotEmpty();
            assertThat(get("/api/subscriptions/" + one.split(" ")[0])
                            .path("status")
                            .asString())
                    .isEqualTo(status);
        }
        String good = savedCard("pm_card_visa");
        String begun = started("{'planId':'pro-monthly','trial':false,'paymentMethodId':'" + good + "'}")
                .path("id")
                .asString();
        assertThat(get("/api/subscriptions").path("data").valueStream().map(one -> one.path("id")
                        .asString()))
                .containsExactly(begun);
    }

    /** Who looks at a page and leaves has nothing, and who ended it before it was paid had nothing. */
    @Test
    void aStartThatIsNotPaidIsNotListedUnlessItIsAskedFor() {
        JsonNode started = started(STARTER);
        deliverAll();
        String id = started.path("id").asString();

        assertThat(get("/api/subscriptions").path("data")).isEmpty();
        assertThat(get("/api/subscriptions?status=incomplete").at("/data/0/id").asString())
                .isEqualTo(id);
        assertThat(one(started).path("status").asString()).isEqualTo("incomplete");
        assertThat(settlement(started, "").path("state").asString()).isEqualTo("action_required");

        STRIPE.delete("/v1/subscriptions/" + atStripe().at("/0/id").asString());
        deliverAll();
        String ended = one(started).path("status").asString();
        assertThat(ended).isIn("canceled", "incomplete_expired");
        assertThat(get("/api/subscriptions").path("data")).isEmpty();
        assertThat(get("/api/subscriptions?status=" + ended).at("/data/0/id").asString())
                .isEqualTo(id);
    }

    @Test
    void aBankThatWantsToSeeItsCustomerLeavesTheStartOpen() {
        String card = savedCard("pm_card_authenticationRequired");
        JsonNode started = started("{'planId':'starter-monthly','paymentMethodId':'" + card + "'}");
        assertThat(started.path("status").asString()).isEqualTo("incomplete");
        String secret = started.path("clientSecret").asString();
        String intent = secret.substring(0, secret.indexOf("_secret_"));
        STRIPE.control("/_simulator/payment_intents/" + intent + "/authenticate", "{\"success\":true}");
        deliverAll();
        assertThat(one(started).path("status").asString()).isEqualTo("active");
    }

    @Test
    void nobodyPaysWithAnothersCard() {
        String stolen = STRIPE.post(
                        "/v1/payment_methods/pm_card_visa/attach",
                        "customer="
                                + STRIPE.post("/v1/customers", "").path("id").asString())
                .path("id")
                .asString();
        JsonNode no = json(ask("/api/subscriptions", "{'planId':'starter-monthly','paymentMethodId':'" + stolen + "'}")
                .expectStatus()
                .isEqualTo(422));
        assertThat(no.path("code").asString()).isEqualTo("payment-method-unusable");
        assertThat(no.path("errors").get(0).path("field").asString()).isEqualTo("paymentMethodId");
        assertThat(live()).isEmpty();
    }

    @Test
    void aTrialRunsAtOnceAndIsGivenOnce() {
        JsonNode started = started("{'planId':'pro-monthly','quantity':3}");
        assertThat(started.path("status").asString()).isEqualTo("trialing");
        assertThat(started.path("quantity").asInt()).isEqualTo(3);
        assertThat(started.path("clientSecretFor").asString()).isEqualTo("setup");
        STRIPE.delete("/v1/subscriptions/" + atStripe().get(0).path("id").asString());
        deliverAll();
        assertThat(one(started).path("status").asString()).isEqualTo("canceled");
        JsonNode again = started("{'planId':'pro-monthly'}");
        assertThat(again.path("status").asString()).isEqualTo("incomplete");
        JsonNode no = json(ask("/api/subscriptions", "{'planId':'pro-monthly','trial':true}")
                .expectStatus()
                .isEqualTo(422));
        assertThat(no.path("errors").get(0).path("field").asString()).isEqualTo("trial");
    }

    @Test
    void anUnpaidStartIsGoneOnWithOrReplaced() {
        JsonNode first = started(STARTER);
        JsonNode same = json(ask("/api/subscriptions", STARTER).expectStatus().isOk());
        assertThat(same.path("id").asString()).isEqualTo(first.path("id").asString());
        assertThat(same.path("clientSecret").asString())
                .isEqualTo(first.path("clientSecret").asString());
        JsonNode other = started("{'planId':'starter-monthly','currency':'eur'}");
        assertThat(other.path("id").asString()).isNotEqualTo(first.path("id").asString());
        assertThat(one(first).path("status").asString()).isIn("incomplete_expired", "canceled");
        assertThat(liveAtStripe()).isEqualTo(1);
    }

    @Test
    void whatWasPaidMeanwhileIsNotReplaced() {
        JsonNode first = started(STARTER);
        String secret = first.path("clientSecret").asString();
        STRIPE.post(
                "/v1/payment_intents/" + secret.substring(0, secret.indexOf("_secret_")) + "/confirm",
                "payment_method=pm_card_visa");
        JsonNode no = json(ask("/api/subscriptions", "{'planId':'starter-monthly','currency':'eur'}")
                .expectStatus()
                .isEqualTo(409));
        assertThat(no.path("code").asString()).isEqualTo("subscription-already-live");
        assertThat(one(first).path("status").asString()).isEqualTo("active");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        /api/subscriptions     | {'planId':'starter-monthly'}
        /api/checkout/sessions | {'mode':'subscription','planId':'starter-monthly','successUrl':'http://localhost:8080/done','cancelUrl':'http://localhost:8080/plans'}
        """)
    void aCustomerThatAStartMakesHasTheAddressOfTheToken(String path, String body) {
        json(ask(path, body).expectStatus().isCreated());

        assertThat(PAYMENT_SERVICE.emailOf(user)).isEqualTo(addressOf(user));
    }

    @Test
    void aPromotionCodeHasToBeValid() {
        JsonNode no = json(ask("/api/subscriptions", "{'planId':'starter-monthly','promotionCode':'NOSUCH'}")
                .expectStatus()
                .isEqualTo(422));
        assertThat(no.path("errors").get(0).path("field").asString()).isEqualTo("promotionCode");
        String coupon = STRIPE.post("/v1/coupons", "percent_off=100&duration=once")
                .path("id")
                .asString();
        String code = "FREE" + Math.abs(user.hashCode());
        STRIPE.post("/v1/promotion_codes", "promotion[type]=coupon&promotion[coupon]=" + coupon + "&code=" + code);
        assertThat(json(ask("/api/subscriptions", "{'planId':'starter-monthly','promotionCode':'  '}")
                                .expectStatus()
                                .isEqualTo(422))
                        .at("/errors/0/field")
                        .asString())
                .isEqualTo("promotionCode");
        JsonNode started =
                started("{'planId':'starter-monthly','promotionCode':' " + code + "\t'}".replace("\t", "\\t"));
        assertThat(started.path("status").asString()).isEqualTo("active");
    }

    /** Who is told to come back with it does so for ever. */
    @Test
    void aCodeInWordsThatStripeRefusesIsNoCode() {
        ON_THE_WAY.refuses(
                "GET",
                "/v1/promotion_codes",
                "{\"error\":{\"type\":\"invalid_request_error\",\"code\":\"parameter_invalid_string\",\"param\":\"code\",\"message\":\"No.\"}}");

        JsonNode no = json(ask("/api/subscriptions", "{'planId':'starter-monthly','promotionCode':'50%'}")
                .expectStatus()
                .isEqualTo(422));

        assertThat(no.at("/errors/0/field").asString()).isEqualTo("promotionCode");
    }

    /** Codes are copied from mails, with blanks and line ends around them. */
    @ParameterizedTest
    @ValueSource(strings = {" CODE", "CODE ", "\\t CODE\\r\\n", "\\u2003CODE\\u2003"})
    void aPromotionCodeIsTakenWithoutWhatStandsAroundItOnStripesPageToo(String typed) {
        String coupon = STRIPE.post("/v1/coupons", "percent_off=10&duration=once")
                .path("id")
                .asString();
        String code = "TRIM" + Math.abs(user.hashCode());
        String made = STRIPE.post(
                        "/v1/promotion_codes", "promotion[type]=coupon&promotion[coupon]=" + coupon + "&code=" + code)
                .path("id")
                .asString();

        JsonNode session = json(post("/api/checkout/sessions", page(typed.replace("CODE", code)))
                .expectStatus()
                .isCreated());

        assertThat(STRIPE.get("/v1/checkout/sessions/" + session.path("id").asString())
                        .at("/discounts/0/promotion_code")
                        .asString())
                .isEqualTo(made);
        JsonNode no = json(post("/api/checkout/sessions", page(typed.replace("CODE", "")))
                .expectStatus()
                .isEqualTo(422));
        assertThat(no.at("/errors/0/field").asString()).isEqualTo("promotionCode");
    }

    private static String page(String promotionCode) {
        return "{'mode':'subscription','planId':'starter-monthly','successUrl':'http://localhost:8080/done',"
                + "'cancelUrl':'http://localhost:8080/plans','promotionCode':'" + promotionCode + "'}";
    }

    @Test
    void aCodeThatIsOthersTooIsOnesOwn() {
        String coupon = STRIPE.post("/v1/coupons", "percent_off=100&duration=once")
                .path("id")
                .asString();
        String code = "OWN" + Math.abs(user.hashCode());
        String form = "promotion[type]=coupon&promotion[coupon]=" + coupon + "&code=" + code + "&customer=";
        STRIPE.post("/v1/promotion_codes", form + customer());
        STRIPE.post("/v1/promotion_codes", form + customerOf("other-" + user));

        assertThat(started("{'planId':'starter-monthly','promotionCode':'" + code + "'}")
                        .path("status")
                        .asString())
                .isEqualTo("active");
        assertThat(json(ask("/api/subscriptions", "{'planId':'pro-monthly','promotionCode':'" + code + "X'}")
                                .expectStatus()
                                .isEqualTo(422))
                        .at("/errors/0/field")
                        .asString())
                .isEqualTo("promotionCode");
    }

    @Test
    void aTrialOfStripesPageEndsTheSubscriptionWhereItsCardIsGoneByThen() {
        JsonNode session = json(post(
                        "/api/checkout/sessions",
                        "{'mode':'subscription','planId':'pro-monthly','successUrl':'http://localhost:8080/done',"
                                + "'cancelUrl':'http://localhost:8080/plans'}")
                .expectStatus()
                .isCreated());
        STRIPE.post(
                "/c/pay/" + session.path("id").asString(),
                "method=card&email=a@example.com&cardNumber=4242424242424242&cardExpiry=12/34&cardCvc=123"
                        + "&billingName=A&billingCountry=US&billingPostalCode=12345");
        deliverAll();
        JsonNode trial = atStripe().get(0);
        assertThat(trial.path("status").asString()).isEqualTo("trialing");
        STRIPE.post("/v1/subscriptions/" + trial.path("id").asString(), "default_payment_method=");
        STRIPE.post("/v1/customers/" + customer(), "invoice_settings[default_payment_method]=");

        STRIPE.advance("P14DT2H");
        deliverAll();

        assertThat(texts("select status from subscriptions where user_id = '" + user + "'"))
                .containsExactly("canceled");
    }

    @Test
    void whatStripeDidWithoutAnAnswerIsFound() {
        STRIPE.next("POST /v1/subscriptions", "error_after");
        JsonNode open = json(ask("/api/subscriptions", STARTER).expectStatus().isEqualTo(202));
        assertThat(open.path("status").asString()).isEqualTo("starting");
        execute("update subscriptions set next_ask_at = now() - interval '1 day' where user_id = '" + user + "'");
        sweep.round().block(WAIT);
        assertThat(one(open).path("status").asString()).isEqualTo("incomplete");
        assertThat(atStripe()).hasSize(1);
    }

    /** Its next rest is a day. */
    @Test
    void aBreakerThatClosesHasAStartWithoutAnAnswerAskedFor() {
        STRIPE.next("POST /v1/subscriptions", "error_after");
        JsonNode open = json(ask("/api/subscriptions", STARTER).expectStatus().isEqualTo(202));
        execute("update subscriptions set asks = 7, next_ask_at = now() + interval '1 day' where user_id = '" + user
                + "'");
        await().atMost(WAIT).untilAsserted(() -> {
            breaker.transitionToOpenState();
            breaker.transitionToClosedState(); // while a round is under way it is heard with the next
            assertThat(one(open).path("status").asString()).isEqualTo("incomplete");
        });
        assertThat(atStripe()).hasSize(1);
    }

    @Test
    void aStartWhoseProcessWentIsAskedForAgain() {
        started("{'planId':'starter-yearly'}"); // then its price is there at Stripe
        String price = texts("select stripe_price_id from plans where id = 'starter-yearly'")
                .get(0);
        UUID id = UUID.randomUUID();
        begun.begin(
                        id,
                        user,
                        new StartParameters(customer(), "starter-monthly", price, 1, "usd", 0, null, null, null, null))
                .block(WAIT);
        int before = atStripe().size();
        execute("update subscriptions set next_ask_at = now() + interval '1 hour' where next_ask_at is not null"
                + " and user_id <> '" + user + "'"); // others' are not answered meanwhile
        sweep.round().block(WAIT);
        double unanswered = unanswered();
        execute("update subscriptions set next_ask_at = now() - interval '1 day' where id = '" + id + "'");
        sweep.round().block(WAIT);
        assertThat(unanswered()).isEqualTo(unanswered - 1); // what an operator watches
        assertThat(texts("select status from subscriptions where id = '" + id + "'"))
                .containsExactly("incomplete");
        assertThat(atStripe()).hasSize(before + 1);
    }

    /** What was answered with 202 stays: it ends, and says why. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStartThatStripeCouldNotBeAskedForIsForgottenOnlyIfNobodyWasToldOfIt(boolean told) {
        started("{'planId':'starter-yearly'}"); // then its price is there at Stripe
        String price = texts("select stripe_price_id from plans where id = 'starter-yearly'")
                .get(0);
        UUID id = UUID.randomUUID();
        var wanted = new StartParameters(customer(), "starter-monthly", price, 1, "usd", 0, null, null, null, null);
        Subscription row = begun.begin(id, user, wanted).block(WAIT);
        STRIPE.control(
                "/_simulator/faults", "{\"operation\":\"POST /v1/subscriptions\",\"kind\":\"rate_limit\",\"times\":4}");
        var word = new CompensationGuard();
        assertThat(told ? word.told() : true).isTrue();

        asking.ask(row, word).onErrorComplete().block(WAIT);

        assertThat(texts("select status || ' ' || failure_code from subscriptions where id = '" + id + "'"))
                .isEqualTo(told ? List.of("failed stripe-unavailable") : List.of());
    }

    @Test
    void aPriceThatIsNotTheOneShownBeginsNothing() {
        String shown = "{'planId':'starter-monthly','currency':'eur','expectedAmount':900}";
        String page =
                "{'mode':'subscription','successUrl':'http://localhost:8080/welcome','cancelUrl':'http://localhost:8080/plans',";

        for (JsonNode no : List.of(
                json(ask("/api/subscriptions", shown).expectStatus().isEqualTo(409)),
                json(ask("/api/checkout/sessions", page + shown.substring(1))
                        .expectStatus()
                        .isEqualTo(409)))) {
            assertThat(no.path("code").asString()).isEqualTo("price-changed");
            assertThat(no.at("/price/amount").asLong()).isEqualTo(800);
            assertThat(no.at("/price/currency").asString()).isEqualTo("eur");
        }
        assertThat(texts("select status from subscriptions where user_id = '" + user + "'"))
                .isEmpty();
        assertThat(openPages()).isEmpty();

        started("{'planId':'starter-monthly','expectedAmount':900}");
    }

    @Test
    void aPageThatWasOpenedWithoutAnAnswerIsNotLeftToBePaidBesideTheNext() {
        String body = "{'mode':'subscription','planId':'starter-monthly',"
                + "'successUrl':'http://localhost:8080/welcome','cancelUrl':'http://localhost:8080/plans'}";
        STRIPE.next("POST /v1/checkout/sessions", "error_after");
        post("/api/checkout/sessions", body).expectStatus().isEqualTo(503);
        // For a day nobody could ask; by then Stripe does not know the key any more.
        execute("update subscriptions set created_at = now() - interval '24 hours', next_ask_at = now() - interval '1"
                + " day' where user_id = '" + user + "'");
        sweep.round().block(WAIT);

        post("/api/checkout/sessions", body).expectStatus().isCreated();

        assertThat(openPages()).hasSize(1);
    }

    /** By then Stripe does not know the key any more: a second page beside the paid one could be paid too. */
    @Test
    void aPageThatWasPaidIsNotOpenedOnceMoreByItsKeyADayLater() {
        String key = UUID.randomUUID().toString();
        STRIPE.next("POST /v1/checkout/sessions", "error_after");
        ask(key, "/api/checkout/sessions", PAGE).expectStatus().isEqualTo(503);
        STRIPE.post("/c/pay/" + openPages().get(0).path("id").asString(), PAID);
        STRIPE.advance("PT25H");
        isOfAge("25 hours");

        JsonNode again =
                json(ask(key, "/api/checkout/sessions", PAGE).expectStatus().isEqualTo(409));

        assertThat(openPages()).as("the buyer could pay once more").isEmpty();
        assertThat(again.path("code").asString()).isEqualTo("subscription-already-live");
        assertThat(atStripe()).hasSize(1);
        assertThat(texts("select status from subscriptions where user_id = '" + user + "'"))
                .containsExactly("active");
    }

    /** A release that asks for more asks with the same key; its buyer would have no page for a day. */
    @Test
    void aPageThatAnotherReleaseOpenedWithoutAnAnswerIsFoundThoughTheKeyIsThatOfAnotherRequest() {
        String key = UUID.randomUUID().toString();
        STRIPE.next("POST /v1/checkout/sessions", "error_after");
        ask(key, "/api/checkout/sessions", PAGE).expectStatus().isEqualTo(503);
        String open = openPages().get(0).path("id").asString();
        ON_THE_WAY.refuses(
                "POST",
                "/v1/checkout/sessions",
                "{\"error\":{\"type\":\"idempotency_error\",\"message\":\"Keys for idempotent requests can only be used with the same parameters.\"}}");

        JsonNode again =
                json(ask(key, "/api/checkout/sessions", PAGE).expectStatus().isCreated());

        assertThat(again.path("id").asString()).isEqualTo(open);
        assertThat(openPages()).hasSize(1);
    }

    @Test
    void aPageThatIsOpenYetIsShownAgainThoughItsKeyIsOld() {
        String key = UUID.randomUUID().toString();
        STRIPE.next("POST /v1/checkout/sessions", "error_after");
        ask(key, "/api/checkout/sessions", PAGE).expectStatus().isEqualTo(503);
        String open = openPages().get(0).path("id").asString();
        isOfAge("23 hours 1 minute");

        JsonNode again =
                json(ask(key, "/api/checkout/sessions", PAGE).expectStatus().isCreated());

        assertThat(again.path("id").asString()).isEqualTo(open);
        assertThat(openPages()).hasSize(1);
    }

    /** Its first request may be on its way for some minutes yet; then Stripe's list is the proof. */
    @ParameterizedTest
    @CsvSource({"23 hours 1 minute, 503", "24 hours, 409"})
    void aKeyThatIsTooOldOpensNoPageThoughNoneWasOpened(String age, int status) {
        String key = UUID.randomUUID().toString();
        STRIPE.next("POST /v1/checkout/sessions", "close_before");
        ask(key, "/api/checkout/sessions", PAGE).expectStatus().isEqualTo(503);
        isOfAge(age);

        ask(key, "/api/checkout/sessions", PAGE).expectStatus().isEqualTo(status);

        assertThat(openPages()).isEmpty();
    }

    private void isOfAge(String age) {
        execute("update subscriptions set created_at = now() - interval '" + age + "' where user_id = '" + user + "'");
    }

    private List<JsonNode> openPages() {
        return STRIPE.get("/v1/checkout/sessions?status=open&customer=" + customer())
                .path("data")
                .valueStream()
                .toList();
    }

    @Test
    void aNewPageClosesTheOneBefore() {
        String body = "{'mode':'subscription','planId':'starter-monthly',"
                + "'successUrl':'http://localhost:8080/welcome','cancelUrl':'http://localhost:8080/plans'}";
        JsonNode first =
                json(post("/api/checkout/sessions", body).expectStatus().isCreated());
        assertThat(first.path("url").asString()).isNotEmpty();
        JsonNode second =
                json(post("/api/checkout/sessions", body).expectStatus().isCreated());
        assertThat(STRIPE.get("/v1/checkout/sessions/" + first.path("id").asString())
                        .path("status")
                        .asString())
                .isEqualTo("expired");
        String id = second.path("id").asString();
        STRIPE.post("/v1/checkout/sessions/" + id + "/expire", "");
        deliverAll();
        assertThat(live()).isEmpty();
        JsonNode third =
                json(post("/api/checkout/sessions", body).expectStatus().isCreated());
        STRIPE.post(
                "/c/pay/" + third.path("id").asString(),
                "method=card&email=a@example.com&cardNumber=4242424242424242&cardExpiry=12/34&cardCvc=123"
                        + "&billingName=A&billingCountry=US&billingPostalCode=12345");
        deliverAll();
        assertThat(texts("select status from subscriptions where id = '"
                        + third.path("subscriptionId").asString() + "'"))
                .containsExactly("active");
    }

    @Test
    void theFirstBillCanBePaidForADayAndThenTheStartIsOver() {
        JsonNode first = started(STARTER);
        STRIPE.advance("PT24H");
        deliverAll();
        assertThat(one(first).path("status").asString()).isEqualTo("incomplete_expired");
        assertThat(json(ask("/api/subscriptions", STARTER).expectStatus().isCreated())
                        .path("id")
                        .asString())
                .isNotEqualTo(first.path("id").asString());
    }

    @Test
    void whoHasPaidTheFirstBillIsNotAskedToPayItWhileItsOtherNewsIsOnTheWay() {
        JsonNode started = started(STARTER);
        deliverAll();
        confirmed(started, "pm_card_visa");
        List<StripeEvent> all = news();

        all.stream().filter(event -> event.type().equals("invoice.paid")).forEach(this::deliver);

        String path = "/api/subscriptions/" + started.path("id").asString() + "/settlement";
        assertThat(one(started).path("status").asString()).isEqualTo("incomplete");
        assertThat(get(path).path("state").asString()).isEqualTo("settling");
        all.forEach(this::deliver);
        assertThat(get(path).path("state").asString()).isEqualTo("active");
    }

    /** Else who asks on and on pushes out of the operators' timeline why a subscription is in its state. */
    @Test
    void askingForTheStateOverAndOverWritesNothing() {
        JsonNode started = started(STARTER);
        deliverAll();
        isAskedInVain(started, "action_required");

        paidInTheBrowser(started, "pm_card_visa");

        isAskedInVain(started, "active");
    }

    private void isAskedInVain(JsonNode started, String state) {
        String id = started.path("id").asString();
        String path = "/api/subscriptions/" + id + "/settlement?wait=1ms&since=999999";
        String bill = "/api/invoices/" + one(started).path("latestInvoiceId").asString();
        String written =
                "select updated_at || ' ' || (select count(*) from subscription_timeline t where t.subscription_id ="
                        + " s.id) from subscriptions s where id = '" + id + "'";
        get(bill);
        get(path);
        List<String> before = texts(written);

        get(bill);
        assertThat(get(path).path("state").asString()).isEqualTo(state);

        assertThat(texts(written)).isEqualTo(before);
    }

    @Test
    void waitingEndsWhenItRuns() {
        JsonNode started = started(STARTER);
        String path = "/api/subscriptions/" + started.path("id").asString() + "/settlement?wait=1s";
        assertThat(get(path).path("state").asString()).isEqualTo("action_required");
        List<CompletableFuture<JsonNode>> waiting = new ArrayList<>();
        waiting.add(CompletableFuture.supplyAsync(() -> get(path.replace("1s", "20s"))));
        paidInTheBrowser(started, "pm_card_visa");
        assertThat(waiting.get(0)
                        .orTimeout(WAIT.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)
                        .join()
                        .path("state")
                        .asString())
                .isEqualTo("active");
        as("somebody-else").get().uri(path).exchange().expectStatus().isNotFound();
    }

    /** The browser has paid, and Stripe's news of it is lost: whoever waits hears it all the same, from one look at Stripe. */
    @Test
    void waitingReadsStripeOnceAtItsEndWhereNothingIsHeard() {
        JsonNode started = started(STARTER);
        deliverAll();
        confirmed(started, "pm_card_visa");
        double before = reads();

        JsonNode waited = settlement(started, "?wait=1s");

        assertThat(waited.path("state").asString()).isEqualTo("active");
        assertThat(reads() - before).as("looks at Stripe").isEqualTo(1);
        assertThat(features()).containsExactly("reading-room full");
    }

    private double reads() {
        return meters.find("tillstream.stripe.calls").tag("operation", "subscription.retrieve").timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }
}
