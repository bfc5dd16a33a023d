package io.tillstream.chaos.user;

import io.tillstream.chaos.client.Answer;
import io.tillstream.chaos.client.Stripe;
import io.tillstream.chaos.plan.Step;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Orders, and every way to pay them. */
final class Purchases {
    private static final int DECLINED_OF = 5; // one card in so many is declined
    private static final String CARD_NUMBER = "4242424242424242";
    private static final String DECLINED_NUMBER = "4000000000000002";

    private final Stripe stripe;
    private final Executor atOnce;

    /** @param atOnce runs what happens at the same time */
    Purchases(Stripe stripe, Executor atOnce) {
        this.stripe = stripe;
        this.atOnce = atOnce;
    }

    void card(Step step, Visitor visitor) {
        Random random = step.random();
        String card = Bodies.any(random.nextInt(DECLINED_OF) == 0 ? Bodies.DECLINED_CARDS : Bodies.GOOD_CARDS, random);
        String body = Bodies.order(random, Bodies.card(card));
        Answer answer = visitor.post("/api/orders", body, step.key("order"));
        String order = answer.status() == 402 ? answer.text("/orderId") : answer.id();
        visitor.possessions().order(order);
        if (answer.isSuccess()) {
            visitor.possessions().paid(order);
        } else if (answer.status() == 402) {
            pay(step, visitor, order, Bodies.card("pm_card_visa"));
        }
    }

    void savedCard(Step step, Visitor visitor) {
        Random random = step.random();
        String card = visitor.possessions().anyCard(random).orElse("");
        if (card.isEmpty()) {
            card = visitor.post("/api/payment-methods", Bodies.paymentMethod("pm_card_visa"), step.key("card"))
                    .id();
            visitor.possessions().card(card);
        }
        String order = order(step, visitor);
        pay(step, visitor, order, Bodies.savedCard(card));
    }

    void token(Step step, Visitor visitor) {
        pay(step, visitor, order(step, visitor), Bodies.token("tok_visa"));
    }

    void element(Step step, Visitor visitor) {
        Random random = step.random();
        String order = order(step, visitor);
        String secret = begin(step, visitor, order, Bodies.element()).text("/clientSecret");
        if (!secret.isEmpty()) {
            boolean declined = random.nextInt(DECLINED_OF) == 0;
            confirm(visitor, secret, declined ? "pm_card_visa_chargeDeclined" : "pm_card_visa");
            if (declined) {
                confirm(visitor, secret, "pm_card_mastercard");
            }
        }
    }

    /** By a bank account: SEPA for what costs euros, else an American one. */
    void delayed(Step step, Visitor visitor) {
        Random random = step.random();
        boolean fails = random.nextInt(3) == 0;
        boolean euro = random.nextBoolean();
        String body = euro ? Bodies.orderInEuro() : Bodies.order(random);
        String order = visitor.post("/api/orders", body, step.key("order")).id();
        visitor.possessions().order(order);
        String secret = begin(step, visitor, order, Bodies.element()).text("/clientSecret");
        if (secret.isEmpty()) {
            return;
        }
        if (euro) {
            Answer answer = stripe.debit(secret, fails ? "AT861904300235473202" : "AT611904300234573201");
            visitor.trace().request("debit", Stripe.idOf(secret), atStripe(answer));
        } else {
            confirm(visitor, secret, fails ? "pm_usBankAccount_insufficientFunds" : "pm_usBankAccount_success");
        }
    }

    void checkout(Step step, Visitor visitor) {
        String order = order(step, visitor);
        String url = begin(step, visitor, order, Bodies.checkout()).text("/checkoutUrl");
        if (!url.isEmpty()) {
            boolean declined = step.random().nextInt(DECLINED_OF) == 0;
            if (declined) {
                payOnPage(visitor, url, DECLINED_NUMBER);
            }
            payOnPage(visitor, url, CARD_NUMBER);
        }
    }

    void twoPages(Step step, Visitor visitor) {
        String order = order(step, visitor);
        Answer first = visitor.post(payments(order), Bodies.checkout(), step.key("first"));
        Answer second = visitor.post(payments(order), Bodies.element(), step.key("second"));
        visitor.possessions().paid(order);
        together(
                () -> payOnPage(visitor, first.text("/checkoutUrl"), CARD_NUMBER),
                () -> confirm(visitor, second.text("/clientSecret"), "pm_card_visa"));
    }

    void authentication(Step step, Visitor visitor) {
        Answer answer = begin(step, visitor, order(step, visitor), Bodies.card("pm_card_authenticationRequired"));
        String secret = answer.text("/clientSecret");
        if (!secret.isEmpty()) {
            boolean success = step.random().nextInt(4) != 0;
            visitor.trace()
                    .request(
                            "bank",
                            Stripe.idOf(secret) + " " + success,
                            stripe.authenticate(Stripe.idOf(secret), success));
        }
    }

    void payAndCancel(Step step, Visitor visitor) {
        String order = order(step, visitor);
        long head = step.random().nextInt(200);
        together(() -> pay(step, visitor, order, Bodies.card("pm_card_visa")), () -> {
            Pause.millis(head);
            cancel(step, visitor, order);
        });
    }

    void payTwice(Step step, Visitor visitor) {
        String order = order(step, visitor);
        visitor.possessions().paid(order);
        together(
                () -> payAs("one", step, visitor, order, Bodies.card("pm_card_visa")),
                () -> payAs("two", step, visitor, order, Bodies.token("tok_mastercard")));
    }

    void canceled(Step step, Visitor visitor) {
        cancel(step, visitor, order(step, visitor));
    }

    private static void cancel(Step step, Visitor visitor, String order) {
        var unused = visitor.post("/api/orders/" + order + "/cancel", "{}", step.key("cancel"));
    }

    private static String order(Step step, Visitor visitor) {
        String order = visitor.post("/api/orders", Bodies.order(step.random()), step.key("order"))
                .id();
        visitor.possessions().order(order);
        return order;
    }

    private static void pay(Step step, Visitor visitor, String order, String payment) {
        var unused = begin(step, visitor, order, payment);
    }

    /** Begins to pay; the answer says how it goes on. */
    private static Answer begin(Step step, Visitor visitor, String order, String payment) {
        if (order.isEmpty()) {
            return new Answer(0, "");
        }
        visitor.possessions().paid(order);
        return visitor.post(payments(order), payment, step.key("pay"));
    }

    private static void payAs(String name, Step step, Visitor visitor, String order, String payment) {
        var unused = visitor.post(payments(order), payment, step.key(name));
    }

    private static String payments(String order) {
        return "/api/orders/" + order + "/payments";
    }

    private void confirm(Visitor visitor, String secret, String paymentMethod) {
        if (!secret.isEmpty()) {
            visitor.trace()
                    .request(
                            "confirm",
                            Stripe.idOf(secret) + " " + paymentMethod,
                            atStripe(stripe.confirm(secret, paymentMethod)));
        }
    }

    private void payOnPage(Visitor visitor, String url, String number) {
        if (!url.isEmpty()) {
            visitor.trace().request("page", url, atStripe(stripe.payOnPage(url, number)));
        }
    }

    /** A 500 of Stripe's is planted: it is none of ours. */
    private static Answer atStripe(Answer answer) {
        return answer.status() == 500 ? new Answer(-500, "") : answer;
    }

    private void together(Runnable one, Runnable other) {
        CompletableFuture.allOf(CompletableFuture.runAsync(one, atOnce), CompletableFuture.runAsync(other, atOnce))
                .join();
    }
}
