package io.tillstream.chaos.user;

import io.tillstream.chaos.client.Answer;
import io.tillstream.chaos.plan.Step;

/** Customers register, their cards come and go. */
final class Accounts {
    void register(Step step, Visitor visitor) {
        String name = visitor.name();
        var unused = step.random().nextBoolean()
                ? visitor.post(
                        "/api/customers",
                        "{\"name\": \"%s\", \"email\": \"%s@example.com\"}".formatted(name, name),
                        step.key("customer"))
                : visitor.patch("/api/customers/me", "{\"name\": \"" + name + " " + step.number() + "\"}");
    }

    void add(Step step, Visitor visitor) {
        String ready = Bodies.any(Bodies.GOOD_CARDS, step.random());
        Answer answer = visitor.post("/api/payment-methods", Bodies.paymentMethod(ready), step.key("card"));
        if (answer.isSuccess()) {
            visitor.possessions().card(answer.id());
            if (step.random().nextInt(3) == 0) {
                var unused = visitor.put("/api/payment-methods/" + answer.id(), "{\"setAsDefault\": true}");
            }
        }
    }

    void remove(Step step, Visitor visitor) {
        visitor.possessions().anyCard(step.random()).ifPresent(card -> {
            visitor.possessions().removed(card);
            var unused = visitor.delete("/api/payment-methods/" + card);
        });
    }
}
