package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tillstream.local.LocalTillstream;
import io.tillstream.local.Part;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The stand-in for Stripe is killed while it takes money, changes subscriptions and moves its clocks, and comes back: what it had
 * done is found, what it had not is done now, and nobody pays twice.
 */
@Alone(Stage.OUTAGES)
class KilledStripeIT {
    /** Stripe dies before it does what they ask for. */
    private static final User UNHEARD = new User("petra"); // only here

    /** Stripe has done what they ask for, and dies before it says so. */
    private static final User UNANSWERED = new User("piet"); // only here

    /** Their trial ends, and is billed, on the way of the clock. */
    private static final User RENEWED = new User("pola"); // only here

    private static final Duration TRIAL = Duration.ofMinutes(30);
    private static final Duration MOVE = Duration.ofHours(3); // the trial, and the hour until its bill is final
    private static final String TOUR = "call() {"; // begins the README's tour of all endpoints

    private final LocalTillstream tillstream = Stack.tillstream();
    private final ExecutorService clicks = Executors.newCachedThreadPool();

    @AfterEach
    void allIsThereAgain() {
        clicks.shutdownNow();
        if (!tillstream.isRunning(Part.STRIPE_SIMULATOR)) {
            Outages.start(Part.STRIPE_SIMULATOR);
        }
        Simulator.control("DELETE", "/faults", null).expect(200);
        Simulator.control("PUT", "/clock", "{\"reset\": true}").expect(200);
        Deliveries.retryNow();
        Quiet.everywhere();
    }

    private CompletableFuture<Answer> begun(Supplier<Answer> what) {
        return CompletableFuture.supplyAsync(what, clicks);
    }

    @Test
    void aKillInTheMiddleOfPaymentsChangesAndClocksLosesNothingAndDoesNothingTwice() throws Exception {
        Instant begin = Instant.now();
        Shopper unheard = Shopper.ready(UNHEARD);
        Shopper unanswered = Shopper.ready(UNANSWERED);
        String renewed = onTrial();
        OnTestClock simulated = OnTestClock.begun();
        Quiet.await();
        Instant target = clock().plus(MOVE);

        unanswered.plant("timeout_after");
        CompletableFuture<Answer> second = begun(unanswered::pays);
        CompletableFuture<Answer> secondChange = begun(unanswered::changes);
        stripeHas(unanswered::isDoneAtStripe);
        unheard.plant("latency"); // last: of what it holds back nothing may be done before the kill
        CompletableFuture<Answer> first = begun(unheard::pays);
        CompletableFuture<Answer> firstChange = begun(unheard::changes);
        stripeHas(() -> true);
        assertThat(Simulator.intentsOf(unheard.order())).isEmpty();
        assertThat(unheard.isChangedAtStripe()).isFalse();
        Journals.keep();
        simulated.advances();
        CompletableFuture<Void> move = CompletableFuture.runAsync(() -> moveThatMayBreak(target), clicks);
        Outages.kill(Part.STRIPE_SIMULATOR);
        move.join();

        Outages.start(Part.STRIPE_SIMULATOR);
        if (clock().isBefore(target)) {
            moveThatMayBreak(target);
        }
        first.join().expect(200, 201, 202);
        second.join().expect(200, 201, 202);
        unheard.seesPaid();
        unanswered.seesPaid();
        unheard.seesChangedAsTold(firstChange.join());
        unanswered.seesChangedAsTold(secondChange.join());
        seesRenewed(renewed);
        simulated.seesArrived();
        nothingDiffers(begin, List.of(unheard, unanswered), renewed);
        ReadmeIT.walk(WalkThrough.read(Stack.repository().resolve("README.md")).stream()
                .takeWhile(step -> !step.commands().contains(TOUR))
                .toList());
    }

    /** Every fault that was planted has met its request. */
    private static void stripeHas(BooleanSupplier done) {
        await("Stripe has both requests")
                .atMost(User.PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> noneIsPlanted() && done.getAsBoolean());
    }

    /** A paid subscription that its shop's owner lets go on for nothing for a while. */
    private static String onTrial() {
        Starting starting = new Starting(RENEWED);
        String subscription =
                starting.beginsWithCard("pm_card_visa").expect(201, 202).id();
        starting.seesStatus(subscription, "active");
        long end = clock().plus(TRIAL).getEpochSecond();
        Simulator.stripe(
                        "POST",
                        "/v1/subscriptions/" + Starting.stripeIdOf(subscription),
                        Map.of("trial_end", Long.toString(end), "proration_behavior", "none"))
                .expect(200);
        starting.seesStatus(subscription, "trialing");
        return subscription;
    }

    private static boolean noneIsPlanted() {
        return Simulator.control("GET", "/faults", null)
                .expect(200)
                .json()
                .path("faults")
                .isEmpty();
    }

    private static Instant clock() {
        return Instant.parse(
                Simulator.control("GET", "/clock", null).expect(200).text("/now"));
    }

    private static void moveThatMayBreak(Instant target) {
        try {
            Simulator.control("PUT", "/clock", "{\"now\": \"" + target + "\"}");
        } catch (UncheckedIOException broken) {
            // The simulator died of it.
        }
    }

    private static void seesRenewed(String subscription) {
        Starting starting = new Starting(RENEWED);
        starting.seesStatus(subscription, "active");
        String stripeId = Starting.stripeIdOf(subscription);
        await("the bills of " + subscription)
                .atMost(User.PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(starting.bills(subscription))
                        .extracting(one -> one.path("id").asString() + " "
                                + one.path("status").asString())
                        .containsExactlyInAnyOrderElementsOf(Simulator.invoicesOf(stripeId).stream()
                                .map(one -> one.path("id").asString() + " paid")
                                .toList()));
        assertThat(Simulator.invoicesOf(stripeId).stream()
                        .filter(one -> one.path("billing_reason").asString().equals("subscription_cycle")))
                .singleElement()
                .satisfies(one -> assertThat(one.path("amount_paid").asLong()).isEqualTo(Starting.PRICE));
        starting.seesAccess();
    }

    /** Of what was under way: the rest of what was made meanwhile is other tests'. */
    private static void nothingDiffers(Instant begin, List<Shopper> shoppers, String renewed) {
        Quiet.await();
        List<String> ids = new ArrayList<>(List.of(renewed, Starting.stripeIdOf(renewed)));
        Simulator.invoicesOf(Starting.stripeIdOf(renewed))
                .forEach(one -> ids.add(one.path("id").asString()));
        shoppers.forEach(shopper -> {
            ids.add(shopper.stripeId());
            ids.add(shopper.subscription());
            ids.add(Simulator.intentOf(shopper.order()).path("id").asString());
            Simulator.invoicesOf(shopper.stripeId())
                    .forEach(one -> ids.add(one.path("id").asString()));
        });
        Instant end = clock().plus(TRIAL);
        for (String service : List.of("payments", "subscriptions")) {
            assertThat(DriftReport.of(service, begin, end).confirmed().stream()
                            .filter(one -> ids.contains(one.path("stripeId").asString())
                                    || ids.contains(one.path("ourId").asString())))
                    .as(service + " beside Stripe's")
                    .isEmpty();
        }
    }
}
