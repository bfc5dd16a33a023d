package io.tillstream.local;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Fills the shop with what a shop has: orders that were paid, declined, canceled, refunded and disputed, and subscriptions;
 * all of it through the public API, as buyers and an operator would.
 */
public final class Demo {

    /** Told after each step. */
    @FunctionalInterface
    public interface Progress {
        void done(int steps, int all, String words);
    }

    private record Step(String words, Supplier<String> work) {}

    private static final String OPERATOR = "operator";
    private static final Set<Integer> TAKEN = Set.of(200, 201, 202);

    /** The buyer may have it from an earlier demo. */
    private static final Set<Integer> TAKEN_OR_THERE = Set.of(200, 201, 202, 409);

    private static final Set<Integer> TAKEN_OR_NO_TRIAL = Set.of(200, 201, 202, 409, 422);

    private static final Set<Integer> DECLINED = Set.of(402);

    private final DemoRequests requests;
    private final List<Step> steps = new ArrayList<>();
    private List<String> products = List.of();
    private int ordered;

    /** @param tokens gives a user's access token */
    public Demo(URI gateway, UnaryOperator<String> tokens) {
        this.requests = new DemoRequests(gateway, tokens);
    }

    /** As these two buyers. Fails with {@link LocalFailure} at the first that is refused. */
    public void run(String first, String second, Progress progress) {
        products = ids(send(first, "GET", "/api/products?limit=100", null, TAKEN));
        plan(first, second);
        for (int i = 0; i < steps.size(); i++) {
            var unused = steps.get(i).work().get();
            progress.done(i + 1, steps.size(), steps.get(i).words());
        }
    }

    private void plan(String first, String second) {
        for (String buyer : List.of(first, second)) {
            step(buyer + " registers", () -> register(buyer));
        }
        // Not the card that everybody tries things with: who has had a trial with one of their cards gets no other.
        step(first + " keeps a Discover card", () -> keepCard(first, "pm_card_discover"));
        step(second + " keeps a Mastercard", () -> keepCard(second, "pm_card_mastercard"));
        for (String card : List.of("pm_card_visa", "pm_card_amex", "pm_card_jcb")) {
            step(first + " buys a book", () -> buys(first, card));
            step(second + " buys a book", () -> buys(second, card));
        }
        step(first + "'s card is declined, another one pays", () -> {
            String order = order(first);
            var unused = pay(first, order, "pm_card_visa_chargeDeclined", DECLINED);
            return pay(first, order, "pm_card_visa", TAKEN);
        });
        step(
                second + " has not enough money",
                () -> pay(second, order(second), "pm_card_visa_chargeDeclinedInsufficientFunds", DECLINED));
        step(
                second + " has to confirm with the bank",
                () -> pay(second, order(second), "pm_card_authenticationRequired", TAKEN));
        step(first + " leaves an order unpaid", () -> order(first));
        step(first + " cancels an order", () -> act(first, "/api/orders/" + order(first) + "/cancel", "{}"));
        step("the shop gives a part of the money back", () -> refund(first, "{\"amount\": 100}"));
        step("the shop gives all of the money back", () -> refund(second, "{\"reason\": \"requested_by_customer\"}"));
        step(first + " disputes a payment", () -> buys(first, "pm_card_createDispute"));
        step(first + " tries a plan for two weeks", () -> subscribe(first, "pro-monthly", 1, true));
        step(second + " subscribes for three", () -> subscribe(second, "pro-monthly", 3, false));
        step(second + " subscribes until the month's end", () -> {
            String id = subscribe(second, "starter-monthly", 1, false);
            return act(second, "/api/subscriptions/" + id + "/cancel", "{\"when\": \"period_end\"}");
        });
    }

    private void step(String words, Supplier<String> work) {
        steps.add(new Step(words, work));
    }

    private String register(String buyer) {
        String name = Character.toUpperCase(buyer.charAt(0)) + buyer.substring(1) + " Example";
        return act(buyer, "/api/customers", "{\"name\": \"%s\", \"email\": \"%s@example.com\"}".formatted(name, buyer));
    }

    private String keepCard(String buyer, String card) {
        return act(buyer, "/api/payment-methods", "{\"paymentMethodId\": \"%s\"}".formatted(card));
    }

    /** Another book each time. */
    private String order(String buyer) {
        int turn = ordered++;
        return act(
                buyer,
                "/api/orders",
                "{\"items\": [{\"productId\": \"%s\", \"quantity\": %d}]}"
                        .formatted(products.get(turn % products.size()), 1 + turn % 3));
    }

    /** A payment that Stripe has not answered yet is looked at until it is decided. */
    private String pay(String buyer, String order, String card, Set<Integer> expected) {
        String path = "/api/orders/" + order;
        String body = "{\"method\": \"card\", \"paymentMethodId\": \"%s\"}".formatted(card);
        DemoRequests.Answer answer = requests.send(buyer, "POST", path + "/payments", body);
        boolean asExpected = answer.status() == 202
                ? requests.settled(buyer, path).equals("failed") == expected.equals(DECLINED)
                : expected.contains(answer.status());
        if (!asExpected) {
            throw refused("POST " + path + "/payments by " + buyer, answer);
        }
        return answer.body();
    }

    private String buys(String buyer, String card) {
        String order = order(buyer);
        var unused = pay(buyer, order, card, TAKEN);
        return order;
    }

    private String refund(String buyer, String body) {
        String order = buys(buyer, "pm_card_visa");
        String state = requests.settled(buyer, "/api/orders/" + order);
        if (!state.equals("paid")) {
            throw new LocalFailure("order " + order + " of " + buyer + " is " + state);
        }
        return act(OPERATOR, "/api/orders/" + order + "/refunds", body);
    }

    /** Gives the id of the new subscription, or of the newest one to that plan. */
    private String subscribe(String buyer, String plan, int seats, boolean trial) {
        String body = """
                {"planId": "%s", "quantity": %d, "trial": %b, "paymentMethodId": "pm_card_diners"}\
                """.formatted(plan, seats, trial);
        String answer = send(buyer, "POST", "/api/subscriptions", body, trial ? TAKEN_OR_NO_TRIAL : TAKEN_OR_THERE);
        if (trial && answer.contains("\"field\":\"trial\"")) {
            return subscribe(buyer, plan, seats, false); // the card has had its trial, with another buyer maybe
        }
        String all = send(buyer, "GET", "/api/subscriptions?limit=100", null, TAKEN);
        Pattern ofPlan = Pattern.compile(
                "\"id\":\"([^\"]+)\",\"status\":\"[^\"]*\",\"version\":\\d+,\"planId\":\"" + plan + '"');
        String id = ofPlan.matcher(all)
                .results()
                .map(found -> found.group(1))
                .findFirst()
                .orElseThrow(() -> new LocalFailure("no subscription of " + buyer + " to " + plan));
        var unused = requests.settled(buyer, "/api/subscriptions/" + id);
        return id;
    }

    private String act(String who, String path, String body) {
        return ids(send(who, "POST", path, body, TAKEN)).stream().findFirst().orElse("");
    }

    private static List<String> ids(String json) {
        return Pattern.compile("\"id\":\"([^\"]+)\"")
                .matcher(json)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }

    private String send(String who, String method, String path, @Nullable String body, Set<Integer> expected) {
        DemoRequests.Answer answer = requests.send(who, method, path, body);
        if (!expected.contains(answer.status())) {
            throw refused(method + " " + path + " by " + who, answer);
        }
        return answer.body();
    }

    private static LocalFailure refused(String request, DemoRequests.Answer answer) {
        return new LocalFailure(request + " was answered " + answer.status() + ": " + answer.body());
    }
}
