package io.tillstream.simulator.dashboard;

import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.page.Amounts;
import io.tillstream.simulator.page.Template;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import io.tillstream.simulator.webhook.DeliveryJournal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** How the dashboard looks: the newest of everything. */
@Component
class DashboardHtml {
    private static final Template PAGE = Template.load("dashboard.html");
    private static final int SHOWN = 50; // what a person looks through
    private static final Set<String> CANCELABLE =
            Set.of("requires_payment_method", "requires_confirmation", "requires_action", "requires_capture");

    private final Stores stores;
    private final Events events;
    private final Timeline timeline;
    private final DeliveryJournal journal;

    DashboardHtml(Stores stores, Events events, Timeline timeline, DeliveryJournal journal) {
        this.stores = stores;
        this.events = events;
        this.timeline = timeline;
        this.journal = journal;
    }

    String page(String said) {
        return PAGE.fill(Map.of(
                "said", said.isEmpty() ? "" : "<p class=\"said\" role=\"status\">" + Template.escape(said) + "</p>",
                "now", timeline.instant().toString().substring(0, 19) + "Z",
                "payments", newest("payment_intent").map(this::payment).collect(Collectors.joining()),
                "customers", newest("customer").map(this::customer).collect(Collectors.joining()),
                "events", slice(events.query()).map(this::event).collect(Collectors.joining())));
    }

    private Stream<ObjectNode> newest(String type) {
        return stores.ofType(type).map(store -> slice(new Query(store))).orElseGet(Stream::empty);
    }

    private static Stream<ObjectNode> slice(Query query) {
        return query.after(SHOWN, null).map(Query.Slice::objects).orElse(List.of()).stream();
    }

    private List<ObjectNode> related(String type, String field, String value) {
        return stores.ofType(type)
                .map(store -> new Query(store).where(field, value).all())
                .orElse(List.of());
    }

    private String payment(ObjectNode intent) {
        String id = Json.textOf(intent, "id");
        String status = Json.textOf(intent, "status");
        String charge = Json.text(intent, "latest_charge");
        StringBuilder buttons = new StringBuilder();
        if (status.equals("succeeded") && charge != null) {
            buttons.append(amountButton(id))
                    .append(button("dispute", charge, "Dispute"))
                    .append(button("inquiry", charge, "Inquiry"))
                    .append(button("warn", charge, "Fraud warning"));
        }
        if (status.equals("processing")) {
            buttons.append(button("settle", id, "Debit arrives")).append(button("bounce", id, "Debit fails"));
        }
        if (status.equals("requires_capture")) {
            buttons.append(button("capture", id, "Capture"));
        }
        if (CANCELABLE.contains(status)) {
            buttons.append(button("cancel", id, "Cancel"));
        }
        StringBuilder more = new StringBuilder();
        for (ObjectNode refund : related("refund", "payment_intent", id)) {
            more.append(line("Refund", refund, button("fail-refund", Json.textOf(refund, "id"), "Fail it")));
        }
        for (ObjectNode dispute : related("dispute", "payment_intent", id)) {
            String of = Json.textOf(dispute, "id");
            boolean open = !Set.of("won", "lost", "warning_closed").contains(Json.textOf(dispute, "status"));
            more.append(line("Dispute", dispute, open ? button("win", of, "Win") + button("lose", of, "Lose") : ""));
        }
        return row(id, intent, money(intent) + " <b>" + Template.escape(status) + "</b>" + more, buttons.toString());
    }

    private static String line(String what, ObjectNode object, String buttons) {
        return "<div class=\"sub\">" + what + " " + code(Json.textOf(object, "id")) + " " + money(object) + " <b>"
                + Template.escape(Json.textOf(object, "status")) + "</b> " + buttons + "</div>";
    }

    private String customer(ObjectNode customer) {
        String id = Json.textOf(customer, "id");
        StringBuilder cards = new StringBuilder();
        for (ObjectNode method : related("payment_method", "customer", id)) {
            String of = Json.textOf(method, "id");
            String details = Json.is(method, "type", "card")
                    ? Json.text(method.path("card"), "brand") + " •••• " + Json.text(method.path("card"), "last4") + " "
                            + Json.number(method.path("card"), "exp_month") + "/"
                            + Json.number(method.path("card"), "exp_year")
                    : Json.textOf(method, "type");
            cards.append("<div class=\"sub\">")
                    .append(Template.escape(details))
                    .append(" ")
                    .append(code(of));
            cards.append(" ").append(button("detach", of, "Detach"));
            cards.append(Json.is(method, "type", "card") ? button("update-card", of, "New card from the bank") : "");
            cards.append("</div>");
        }
        String who = Objects.requireNonNullElse(Json.text(customer, "name"), "") + " "
                + Objects.requireNonNullElse(Json.text(customer, "email"), "");
        return row(id, customer, Template.escape(who.strip()) + cards, button("delete-customer", id, "Delete"));
    }

    private String event(ObjectNode event) {
        String id = Json.textOf(event, "id");
        String attempts = journal.of(id).stream()
                .map(attempt ->
                        "<span title=\"" + Template.escape(Objects.requireNonNullElse(Json.text(attempt, "error"), ""))
                                + "\">" + Template.escape(Json.textOf(attempt, "outcome")) + " "
                                + Json.number(attempt, "status")
                                + "</span>")
                .collect(Collectors.joining(", "));
        String about = Objects.requireNonNullElse(Json.text(event.path("data").path("object"), "id"), "");
        return row(
                id,
                event,
                "<b>" + Template.escape(Json.textOf(event, "type")) + "</b> " + code(about) + "<div class=\"sub\">"
                        + (attempts.isEmpty() ? "not sent" : attempts) + "</div>",
                "<button class=\"small\" data-resend=\"" + Template.escape(id) + "\">Send again</button>");
    }

    private static String row(String id, ObjectNode object, String text, String buttons) {
        return "<tr><td>" + code(id) + "<div class=\"quantity\">"
                + Instant.ofEpochSecond(Json.number(object, "created")) + "</div></td><td>" + text
                + "</td><td class=\"buttons\">" + buttons + "</td></tr>";
    }

    private static String money(ObjectNode object) {
        return Amounts.spoken(Json.number(object, "amount"), Json.textOf(object, "currency"));
    }

    private static String code(String id) {
        return "<code>" + Template.escape(id) + "</code>";
    }

    private static String button(String action, String id, String text) {
        return "<form method=\"post\">" + hidden(action, id) + "<button class=\"small\">" + text + "</button></form>";
    }

    private static String amountButton(String id) {
        return "<form method=\"post\">" + hidden("refund", id)
                + "<input class=\"amount\" name=\"amount\" inputmode=\"numeric\" placeholder=\"all\""
                + " aria-label=\"Amount to refund\"><button class=\"small\">Refund</button></form>";
    }

    private static String hidden(String action, String id) {
        return "<input type=\"hidden\" name=\"action\" value=\"" + action
                + "\"><input type=\"hidden\" name=\"id\" value=\"" + Template.escape(id) + "\">";
    }
}
