package io.tillstream.chaos.user;

import com.fasterxml.jackson.databind.JsonNode;
import io.tillstream.chaos.client.Answer;
import io.tillstream.chaos.client.Stripe;
import io.tillstream.chaos.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The life of subscriptions. */
final class Subscribing {
    private static final List<String> PLANS = List.of("starter-monthly", "pro-monthly", "pro-yearly");
    private static final List<String> SPANS = List.of("PT2H", "P1D", "P8D", "P16D", "P32D");
    private static final String CARD_NUMBER = "4242424242424242";

    private final Stripe stripe;

    Subscribing(Stripe stripe) {
        this.stripe = stripe;
    }

    void subscribe(Step step, Visitor visitor) {
        Random random = step.random();
        String plan = Bodies.any(PLANS, random);
        boolean inBrowser = random.nextInt(3) == 0;
        boolean trial = random.nextInt(3) == 0;
        String card = inBrowser ? "" : ", \"paymentMethodId\": \"" + Bodies.any(Bodies.GOOD_CARDS, random) + "\"";
        Answer answer = visitor.post(
                "/api/subscriptions",
                "{\"planId\": \"" + plan + "\", \"trial\": " + trial + card + "}",
                step.key("subscription"));
        if (answer.isSuccess()) {
            visitor.possessions().subscription(answer.id());
            String secret = answer.text("/clientSecret");
            if (!secret.isEmpty()) {
                Answer confirmed = stripe.confirm(secret, "pm_card_visa");
                visitor.trace().fact("confirm " + Stripe.idOf(secret) + " -> " + confirmed.status());
            }
        }
    }

    void onPage(Step step, Visitor visitor) {
        String plan = Bodies.any(PLANS, step.random());
        Answer page = visitor.post("/api/checkout/sessions", Bodies.subscriptionPage(plan), step.key("page"));
        String url = page.text("/url");
        if (!url.isEmpty()) {
            visitor.trace().fact("page -> " + stripe.payOnPage(url, CARD_NUMBER).status());
        }
    }

    void change(Step step, Visitor visitor) {
        Random random = step.random();
        visitor.possessions().anySubscription(random).ifPresent(id -> {
            String path = "/api/subscriptions/" + id;
            String wish = "\"planId\": \"" + Bodies.any(PLANS, random) + "\", \"quantity\": " + (1 + random.nextInt(4));
            if (random.nextBoolean()) {
                String quote = visitor.post(path + "/quote", "{" + wish + "}", step.key("quote"))
                        .text("/quote");
                if (!quote.isEmpty()) {
                    var unused = visitor.post(path + "/change", "{\"quote\": \"" + quote + "\"}", step.key("change"));
                }
            } else {
                String when = random.nextBoolean() ? "now" : "period_end";
                var unused = visitor.post(
                        path + "/change", "{" + wish + ", \"when\": \"" + when + "\"}", step.key("change"));
            }
        });
    }

    void end(Step step, Visitor visitor) {
        Random random = step.random();
        visitor.possessions().anySubscription(random).ifPresent(id -> {
            String path = "/api/subscriptions/" + id;
            int what = random.nextInt(3);
            var unused = what == 0
                    ? visitor.post(path + "/cancel", "{\"when\": \"now\"}", step.key("end"))
                    : what == 1
                            ? visitor.post(path + "/cancel", "{\"when\": \"period_end\"}", step.key("end"))
                            : visitor.post(path + "/resume", "{}", step.key("end"));
        });
    }

    void payInvoice(Step step, Visitor visitor) {
        for (JsonNode invoice : visitor.get("/api/invoices").json().path("data")) {
            if (invoice.path("status").asText().equals("open")) {
                String path = "/api/invoices/" + invoice.path("id").asText() + "/pay";
                var unused = visitor.post(path, "{}", step.key("invoice"));
                return;
            }
        }
    }

    void timePasses(Step step, Visitor visitor) {
        String span = Bodies.any(SPANS, step.random());
        visitor.trace()
                .fact("clock by " + span + " -> " + stripe.timePasses(span).status());
    }

    void look(Step step, Visitor visitor) {
        List<String> paths = new ArrayList<>(List.of("/api/orders?limit=20", "/api/entitlements", "/api/invoices"));
        visitor.possessions().anyPaid(step.random()).ifPresent(order -> {
            paths.add("/api/orders/" + order + "/timeline");
            paths.add("/api/orders/" + order + "/settlement?wait=2s");
        });
        for (String path : paths) {
            var unused = visitor.get(path);
        }
    }
}
