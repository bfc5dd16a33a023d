package io.tillstream.stripe;

import static io.tillstream.stripe.FakeStripe.INTENT;
import static io.tillstream.stripe.FakeStripe.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.stripe.model.PaymentIntent;
import com.stripe.param.PaymentIntentCreateParams;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

class StripeCallsTest {

    private static final PaymentIntentCreateParams PARAMS = PaymentIntentCreateParams.builder()
            .setAmount(1999L)
            .setCurrency("usd")
            .build();

    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final Duration LITTLE = Duration.ofSeconds(2);

    private final FakeStripe fake = new FakeStripe();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private StripeCalls calls = calls(fake.uri(), Duration.ofSeconds(30));

    private StripeCalls calls(URI base, Duration answer) {
        var settings = new StripeSettings(
                base,
                "sk_test_1",
                "local",
                Duration.ofSeconds(10),
                answer,
                20,
                Duration.ofMillis(25),
                Duration.ofHours(1));
        var beans = new StripeAutoConfiguration();
        return beans.stripeCalls(
                beans.stripeClient(settings),
                settings,
                beans.stripeBreaker(beans.stripeCircuitBreaker(meters), settings),
                meters);
    }

    @AfterEach
    void stop() {
        calls.close();
        fake.close();
    }

    /** An answer has that time from now on; the first, which loads half of the JVM, has been there before. */
    private void hasLittleTime() {
        calls.close();
        calls = calls(fake.uri(), LITTLE);
        await().ignoreExceptions()
                .pollDelay(Duration.ZERO)
                .until(() -> calls.read("payment_intent.retrieve", (stripe, options) -> stripe.v1()
                                        .paymentIntents()
                                        .retrieve("pi_warm", options))
                                .block(WAIT)
                        != null);
    }

    private Mono<StripeResult<PaymentIntent>> create(StripeCalls through) {
        return through.write("payment_intent.create", "a1", (stripe, options) -> stripe.v1()
                .paymentIntents()
                .create(PARAMS, options));
    }

    private StripeResult<PaymentIntent> answer() {
        return create(calls).block(WAIT);
    }

    @Test
    void aWriteCarriesTheKeyMadeFromOurId() {
        fake.then(200, INTENT);
        assertThat(answer().value().getId()).isEqualTo("pi_1");
        assertThat(fake.keys).containsExactly("v1:local:payment_intent.create:a1");
        assertThat(meters.timer("tillstream.stripe.calls", "operation", "payment_intent.create", "outcome", "ok")
                        .count())
                .isEqualTo(1);
    }

    /** Else one user with such an id keeps the breaker open, and nobody can pay. */
    @Test
    void whatOurSideCannotEvenSendIsNoFaultOfStripes() {
        fake.then(200, INTENT);
        for (int i = 0; i < 30; i++) {
            assertThatThrownBy(() -> calls.write("payment_intent.create", "\u3042", (stripe, options) -> stripe.v1()
                                    .paymentIntents()
                                    .create(PARAMS, options))
                            .block(WAIT))
                    .isInstanceOf(StripeUnavailable.class)
                    .hasMessageNotContaining("\u3042");
        }
        assertThat(meters.counter("tillstream.stripe.faults", "operation", "payment_intent.create", "fault", "request")
                        .count())
                .as("somebody has to look")
                .isEqualTo(30);
        assertThat(answer().value().getId()).isEqualTo("pi_1");
    }

    @Test
    void aFailureThatStripeKeepsForTheKeyIsToldApartFromAFreshOne() {
        fake.then(500, error("api_error", "api_error", "")).thenReplayed(500, error("api_error", "api_error", ""));
        assertThatThrownBy(this::answer)
                .isInstanceOfSatisfying(OutcomeUnknown.class, fresh -> assertThat(fresh.isReplayed())
                        .isFalse());
        assertThatThrownBy(this::answer)
                .isInstanceOfSatisfying(OutcomeUnknown.class, kept -> assertThat(kept.isReplayed())
                        .isTrue());
    }

    @Test
    void whatMayBeDoneTwiceIsNotHeldUpByAFailureThatStripeKeepsForItsKey() {
        fake.thenReplayed(500, error("api_error", "api_error", "")).then(200, INTENT);
        var ended = calls.writeRepeatable("payment_intent.cancel", "a1.3", (stripe, options) -> stripe.v1()
                        .paymentIntents()
                        .cancel("pi_1", options))
                .block(WAIT);
        assertThat(ended.value().getId()).isEqualTo("pi_1");
        assertThat(fake.keys).hasSize(2).startsWith("v1:local:payment_intent.cancel:a1.3");
        assertThat(fake.keys.get(1)).startsWith("v1:local:payment_intent.cancel:a1.3.");
    }

    /** Whoever asks for many objects goes on with the others, and does not wait for this one. */
    @Test
    void whatStripeRefusesToTellIsToldApartFromStripeBeingAway() {
        var retrievals = new StripeRetrievals(calls);
        fake.then(400, error("invalid_request_error", "", "")).then(500, error("api_error", "api_error", ""));

        assertThatThrownBy(() -> retrievals.retrieve("payment_intent", "pi_1").block(WAIT))
                .isInstanceOf(StripeRefusal.class);
        assertThatThrownBy(() -> retrievals.retrieve("payment_intent", "pi_1").block(WAIT))
                .isInstanceOf(StripeUnavailable.class)
                .isNotInstanceOf(StripeRefusal.class);
    }

    /** What our key may not do it may not do for good, and others it may; with a key that is wrong nothing can be asked. */
    @Test
    void aRightThatOurKeyLacksIsToldApartFromAKeyThatIsWrong() {
        fake.then(403, error("invalid_request_error", "more_permissions_required", ""))
                .then(401, error("invalid_request_error", "", ""));

        assertThatThrownBy(this::answer).isInstanceOf(StripeRefusal.class);
        assertThatThrownBy(this::answer).isInstanceOf(StripeUnavailable.class).isNotInstanceOf(StripeRefusal.class);
        assertThat(fake.keys).hasSize(2);
        assertThat(meters.counter(
                                "tillstream.stripe.faults",
                                "operation",
                                "payment_intent.create",
                                "fault",
                                "unauthorized")
                        .count())
                .as("somebody has to look")
                .isEqualTo(2);
    }

    /** Else a release that asks for more keeps the breaker open with the starts that the one before left, and nobody can pay. */
    @Test
    void thatAKeyIsAnotherRequestsIsAnAnswerAndIsAskedOnce() {
        fake.then(400, error("idempotency_error", "", ""));
        for (int i = 0; i < 30; i++) {
            assertThatThrownBy(() -> create(calls.inBackground()).block(WAIT))
                    .isInstanceOfSatisfying(OutcomeUnknown.class, unknown -> assertThat(unknown.isReplayed())
                            .isFalse());
        }
        assertThat(fake.keys).hasSize(30);

        fake.forget();
        fake.then(200, INTENT);
        assertThat(answer().value().getId()).isEqualTo("pi_1");
    }

    /** Of a request that HTTP has no form for: others can be sent. */
    @Test
    void whatCannotBeWrittenIsToldApartFromStripeBeingAway() {
        assertThatThrownBy(() -> calls.write("payment_intent.create", "a\n1", (stripe, options) -> stripe.v1()
                                .paymentIntents()
                                .create(PARAMS, options))
                        .block(WAIT))
                .isInstanceOf(StripeRefusal.class);
        assertThat(fake.keys).isEmpty();
    }

    @Test
    void aDeclinedCardIsAValueWithTheIntentItWasTriedOn() {
        fake.then(
                402,
                error(
                        "card_error",
                        "card_declined",
                        ",\"decline_code\":\"insufficient_funds\",\"payment_intent\":" + INTENT));
        assertThat(answer()).isInstanceOfSatisfying(StripeResult.Declined.class, no -> {
            assertThat(no.declineCode()).isEqualTo("insufficient_funds");
            assertThat(no.retryable()).isTrue();
            assertThat(no.intent()).isNotNull();
            assertThat(no.toString()).doesNotContain("secret");
        });
    }

    @Test
    void aWrongParameterIsAValue() {
        fake.then(404, error("invalid_request_error", "resource_missing", ",\"param\":\"payment_method\""));
        assertThat(answer()).isInstanceOfSatisfying(StripeResult.Refused.class, no -> {
            assertThat(no.missing()).isTrue();
            assertThat(no.param()).isEqualTo("payment_method");
        });
    }

    /** A wrong address of Stripe, or a proxy: whoever takes that for "not there" forgets what was paid. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html><body>404 Not Found</body></html>",
                "{\"message\":\"no Route matched with those values\"}",
                "{\"error\":\"Not Found\",\"status\":404,\"path\":\"/v1/payment_intents\"}",
                "{\"error\":{\"message\":\"Not found\"}}",
                "{\"error\":{\"type\":\"invalid_request_error\",\"message\":\"Unrecognized request URL (GET: /v9/x)\"}}"
            })
    void a404WithoutStripesWordForWhatIsMissingProvesNothing(String body) {
        var retrievals = new StripeRetrievals(calls);
        for (int i = 0; i < 8; i++) {
            fake.then(404, body);
        }
        assertThatThrownBy(() -> retrievals.retrieve("payment_intent", "pi_1").block(WAIT))
                .isInstanceOf(StripeUnavailable.class);
        assertThatThrownBy(this::answer).isInstanceOf(OutcomeUnknown.class);
    }

    /** Said with 404 too: there is nothing to be billed, and the subscription is there. */
    @Test
    void a404WithAnotherCodeIsNoWordAboutTheObject() {
        fake.then(404, error("invalid_request_error", "invoice_upcoming_none", ""));
        assertThat(answer()).isInstanceOfSatisfying(StripeResult.Refused.class, no -> assertThat(no.missing())
                .isFalse());
    }

    @Test
    void whatIsMissingIsToldByWhatItWasNamedBy() {
        fake.then(400, error("invalid_request_error", "resource_missing", ",\"param\":\"customer\""));
        assertThat(answer()).isInstanceOfSatisfying(StripeResult.Refused.class, no -> {
            assertThat(no.missing("customer")).isTrue();
            assertThat(no.missing("payment_method")).isFalse();
        });
    }

    @ParameterizedTest
    @CsvSource({"429, rate_limit", "429, lock_timeout", "409, idempotency_key_in_use"})
    void tooManyIsAskedAgainWithTheSameKey(int status, String code) {
        fake.then(status, error("invalid_request_error", code, "")).then(200, INTENT);
        assertThat(answer()).isInstanceOf(StripeResult.Ok.class);
        assertThat(fake.keys).hasSize(2).containsOnly("v1:local:payment_intent.create:a1");
    }

    @Test
    void tooManyForTooLongMeansNothingWasDone() {
        fake.then(429, error("rate_limit_error", "rate_limit", ""));
        assertThatThrownBy(this::answer).isInstanceOf(StripeUnavailable.class);
        assertThat(fake.keys).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "<html>", "{}", "[]", "{\"error\":null}", "{\"error\":\"odd\"}"})
    void anErrorNobodyCanReadIsNotAFailure(String body) {
        fake.then(502, body);
        assertThatThrownBy(this::answer).isInstanceOf(OutcomeUnknown.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "<html>", "pi_1_secret_x"})
    void aSuccessNobodyCanReadIsUnknownAndNotQuoted(String body) {
        fake.then(200, body);
        assertThatThrownBy(this::answer)
                .isInstanceOf(OutcomeUnknown.class)
                .hasNoCause()
                .hasMessageNotContaining("secret");
    }

    @Test
    void aTimeOutAfterTheRequestWentOutIsUnknown() {
        fake.thenAfter(WAIT.toMillis());
        hasLittleTime();
        assertThatThrownBy(this::answer).isInstanceOf(OutcomeUnknown.class);
        await().untilAsserted(() -> assertThat(fake.keys).hasSize(1));
    }

    @Test
    void noConnectionMeansNothingWasDone() {
        calls.close();
        calls = calls(URI.create("http://127.0.0.1:1"), WAIT);
        assertThatThrownBy(this::answer).isInstanceOf(StripeUnavailable.class);
    }

    @Test
    void aWrongKeyMeansNothingWasDone() {
        fake.then(401, error("invalid_request_error", "api_key_expired", ""));
        assertThatThrownBy(this::answer).isInstanceOf(StripeUnavailable.class);
    }

    @Test
    void theBackgroundTriesTwiceMoreWithTheSameKey() {
        hasLittleTime();
        StripeResult<PaymentIntent> last = null;
        for (int times = 0; last == null && times < 10; times++) {
            fake.forget();
            fake.then(500, error("api_error", "", ""))
                    .thenAfter(WAIT.toMillis())
                    .then(200, INTENT);
            long begun = System.nanoTime();
            last = create(calls.inBackground())
                    .onErrorResume(OutcomeUnknown.class, unknown -> Mono.empty())
                    .block(WAIT);
            if (System.nanoTime() - begun < 2 * LITTLE.toNanos()) {
                break; // else a busy machine had no time for an answer that was there
            }
        }
        assertThat(last).isInstanceOf(StripeResult.Ok.class);
        await().untilAsserted(() -> assertThat(fake.keys).hasSize(3));
        assertThat(fake.keys).containsOnly("v1:local:payment_intent.create:a1");
    }

    @Test
    void whatMayHaveHappenedStaysUnknownWhenALaterTryIsThrottled() {
        fake.then(500, error("api_error", "", "")).then(429, error("rate_limit_error", "rate_limit", ""));
        assertThatThrownBy(() -> create(calls.inBackground()).block(WAIT)).isInstanceOf(OutcomeUnknown.class);
    }

    @Test
    void aReadThatFailsIsOnlyUnavailable() {
        fake.then(500, error("api_error", "", ""));
        assertThatThrownBy(() -> calls.read("payment_intent.retrieve", (stripe, options) -> stripe.v1()
                                .paymentIntents()
                                .retrieve("pi_1", options))
                        .block(WAIT))
                .isInstanceOf(StripeUnavailable.class);
        assertThat(fake.keys).containsExactly("");
    }

    @Test
    void aCallerThatGoesAwayDoesNotStopTheCall() {
        fake.thenAfter(300);
        Disposable gone = create(calls).subscribe();
        await().atMost(WAIT).until(() -> !fake.keys.isEmpty());
        gone.dispose();
        await().atMost(WAIT).untilAsserted(() -> assertThat(meters.find("tillstream.stripe.calls")
                        .tag("outcome", "ok")
                        .timer())
                .isNotNull());
    }

    @Test
    void theBreakerOpensOnServerErrorsAndNotOnDeclines() {
        fake.then(402, error("card_error", "card_declined", ""));
        for (int i = 0; i < 25; i++) {
            assertThat(answer()).isInstanceOf(StripeResult.Declined.class);
        }
        fake.then(500, error("api_error", "", ""));
        assertThat(answer()).as("the last of the declines").isInstanceOf(StripeResult.Declined.class);
        for (int i = 0; i < 26; i++) {
            assertThatThrownBy(this::answer).isNotNull();
        }
        assertThatThrownBy(this::answer).isInstanceOf(StripeUnavailable.class);
    }

    @ParameterizedTest
    @CsvSource({
        "card_declined, insufficient_funds, , true",
        "card_declined, stolen_card, , false",
        "card_declined, generic_decline, try_again_later, true",
        "card_declined, insufficient_funds, do_not_try_again, false",
        "incorrect_cvc, , , true",
        "expired_card, , , false"
    })
    void adviceDecidesThenTheDeclineCodeThenTheCode(String code, String decline, String advice, boolean retryable) {
        assertThat(RetryableDeclines.retryable(code, decline, advice)).isEqualTo(retryable);
    }

    /** Who tells a refusal as our fault has somebody look at it, by Stripe's name of the request; one alarm each is enough. */
    @ParameterizedTest
    @CsvSource({"payment_intent_unexpected_state", "resource_missing", "postal_code_invalid", "parameter_unknown"})
    void whatItsCallerTakesForOurFaultIsOneAlarmWhateverReasonStripeGives(String code) {
        fake.then(400, error("invalid_request_error", code, ""));
        StripeResult<PaymentIntent> answer = answer();
        assertThat(answer).isInstanceOf(StripeResult.Refused.class);
        var no = (StripeResult.Refused<PaymentIntent>) answer;

        calls.isOurFault("payment_intent.create", no);

        assertThat(meters.counter("tillstream.stripe.faults", "operation", "payment_intent.create", "fault", "request")
                        .count())
                .isEqualTo(1);
        assertThat(no.requestId()).isEqualTo("req_1");
    }

    private StripeResult<PaymentIntent> compared(String json, ExpectedValues expected) {
        fake.then(200, json);
        return calls.write(
                        "payment_intent.create",
                        "a1",
                        (stripe, options) -> stripe.v1().paymentIntents().create(PARAMS, options),
                        expected)
                .block(WAIT);
    }

    private double differing() {
        var counter =
                meters.find("tillstream.stripe.faults").tag("fault", "answer").counter();
        return counter == null ? 0 : counter.count();
    }

    @Test
    void anAnswerAsAskedForIsOk() {
        var asked = ExpectedValues.of("currency", "usd").and("amount", 1999L).and("customer", "cus_1");
        assertThat(compared(INTENT, asked)).isInstanceOf(StripeResult.Ok.class);
        assertThat(differing()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"currency, eur", "amount, 1998", "customer, cus_1", "items.data.*.price, price_1"})
    void anAnswerThatSaysSomethingElseIsAnAlarmAndNeverOk(String field, String asked) {
        String json = INTENT.replaceFirst("\\{", "{\"customer\":null,\"items\":{\"data\":[{\"price\":\"price_2\"}]},");
        StripeResult<PaymentIntent> answer =
                compared(json, ExpectedValues.of("id", "pi_1").and(field, asked));
        assertThat(answer).isInstanceOfSatisfying(StripeResult.Different.class, other -> {
            assertThat(other.field()).isEqualTo(field);
            assertThat(other.made()).isInstanceOf(PaymentIntent.class);
        });
        assertThat(answer.<RefusalReason>fold(ok -> null, no -> null, StripeResult.Refused::refusal))
                .isEqualTo(RefusalReason.OURS);
        assertThat(differing()).isEqualTo(1);
        assertThatThrownBy(answer::value).hasMessageContaining("answer_differs");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"customer\":\"cus_1\"}",
                "{\"customer\":{\"id\":\"cus_1\",\"object\":\"customer\"}}",
                "{\"items\":[{\"customer\":\"cus_2\"},{\"customer\":\"cus_1\"}]}"
            })
    void aReferenceIsAnIdOrItsObjectAndMayStandInOneOfSeveralPlaces(String json) {
        var asked = ExpectedValues.of("customer|items.*.customer", "cus_1");
        assertThat(asked.differences(json)).isEmpty();
        assertThat(asked.differences(json.replace("cus_1", "cus_3"))).hasSize(1);
    }
}
