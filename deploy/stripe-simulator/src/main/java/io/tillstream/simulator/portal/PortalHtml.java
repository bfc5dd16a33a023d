package io.tillstream.simulator.portal;

import io.tillstream.simulator.page.Amounts;
import io.tillstream.simulator.page.Template;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Query;
import io.tillstream.simulator.state.Stores;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** How the portal looks: of each part of it, what the configuration and the flow let through. */
@Component
class PortalHtml {
    private static final Template PAGE = Template.load("portal.html");
    private static final Template CARD = Template.load("portal-card.html");
    private static final Template DETAILS = Template.load("portal-details.html");
    private static final Template CANCEL = Template.load("portal-cancel.html");
    private static final Template RESUME = Template.load("portal-resume.html");
    private static final Template SWITCH = Template.load("portal-switch.html");
    private static final Template METHOD = Template.load("portal-method.html");
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("d MMMM yyyy", Locale.ENGLISH);
    private static final int SHOWN = 100; // more invoices than anybody reads

    private final PortalSessions sessions;
    private final PortalActions actions;
    private final PortalPlans plans;
    private final Stores stores;

    PortalHtml(PortalSessions sessions, PortalActions actions, PortalPlans plans, Stores stores) {
        this.sessions = sessions;
        this.actions = actions;
        this.plans = plans;
        this.stores = stores;
    }

    /** Within a turn of the timeline. */
    String page(ObjectNode session, String said, @Nullable String refusal) {
        String customer = Json.textOf(session, "customer");
        JsonNode features = sessions.configuration(session).path("features");
        ObjectNode owner = stores.find(customer).orElseThrow();
        String flow = flow(session);
        Map<String, String> values = new HashMap<>();
        values.put("said", said.isEmpty() ? "" : note("said", "status", said));
        values.put("refusal", refusal == null ? "" : note("refusal", "alert", refusal));
        String back = Json.text(session, "return_url");
        values.put(
                "return",
                back == null
                        ? ""
                        : "<a class=\"back\" id=\"return\" href=\"" + Template.escape(back) + "\">&larr; Return</a>");
        boolean home = flow.isEmpty();
        values.put("subscriptions", flow.equals("payment_method_update") ? "" : subscriptions(session, features));
        boolean cards = home || flow.equals("payment_method_update");
        values.put("methods", cards ? methods(owner) : "");
        values.put("card", cards && on(features, "payment_method_update") ? CARD.fill(Map.of()) : "");
        values.put("details", home && on(features, "customer_update") ? details(owner) : "");
        values.put("invoices", home && on(features, "invoice_history") ? invoices(customer) : "");
        return PAGE.fill(values);
    }

    /** What the session is for alone; empty if it is for everything. */
    private static String flow(ObjectNode session) {
        return Objects.requireNonNullElse(Json.text(session, "flow.type"), "");
    }

    private static boolean on(JsonNode features, String name) {
        return Json.isTrue(features.path(name), "enabled");
    }

    private static String note(String look, String role, String text) {
        return "<p class=\"" + look + "\" role=\"" + role + "\">" + Template.escape(text) + "</p>";
    }

    private String subscriptions(ObjectNode session, JsonNode features) {
        String flow = flow(session);
        String only = flow.isEmpty() ? null : Json.text(session, "flow." + flow + ".subscription");
        return actions.living(Json.textOf(session, "customer")).stream()
                .filter(each -> only == null || Json.is(each, "id", only))
                .map(each -> subscription(session, each, features, flow))
                .collect(Collectors.joining());
    }

    private String subscription(ObjectNode session, ObjectNode subscription, JsonNode features, String flow) {
        String id = Json.textOf(subscription, "id");
        StringBuilder out = new StringBuilder("<article class=\"subscription\" id=\"" + id + "\">");
        for (JsonNode item : subscription.path("items").path("data")) {
            out.append("<p><strong>")
                    .append(Template.escape(
                            label((ObjectNode) item.get("price"), Json.textOf(subscription, "currency"))))
                    .append("</strong> &times; ")
                    .append(Json.number(item, "quantity"))
                    .append("</p>");
        }
        boolean ends = Json.present(subscription, "cancel_at");
        long next = Json.number(subscription.path("items").path("data").get(0), "current_period_end");
        out.append("<p class=\"state\">")
                .append(Template.escape(Json.textOf(subscription, "status").replace('_', ' ')))
                .append(ends ? ", ends on " : ", renews on ")
                .append(day(ends ? Json.number(subscription, "cancel_at") : next))
                .append("</p>");
        boolean all = flow.isEmpty();
        if (on(features, "subscription_update") && !ends && (all || flow.startsWith("subscription_update"))) {
            out.append(switchForm(session, subscription, features.path("subscription_update")));
        }
        if (on(features, "subscription_cancel") && (all || flow.equals("subscription_cancel"))) {
            out.append(ends ? RESUME.fill(Map.of("subscription", id)) : cancelForm(id, features));
        }
        return out.append("</article>").toString();
    }

    private static String cancelForm(String id, JsonNode features) {
        JsonNode reason = features.path("subscription_cancel").path("cancellation_reason");
        String options = Json.isTrue(reason, "enabled")
                ? reason.path("options")
                        .valueStream()
                        .map(each -> option(each.asString(), each.asString().replace('_', ' '), false))
                        .collect(Collectors.joining())
                : "";
        return CANCEL.fill(Map.of("subscription", id, "options", options));
    }

    /** One plan for another; a subscription to several things at once is not changed here, as at Stripe. */
    private String switchForm(ObjectNode session, ObjectNode subscription, JsonNode update) {
        JsonNode items = subscription.path("items").path("data");
        if (items.size() != 1) {
            return "";
        }
        JsonNode confirm = session.path("flow")
                .path("subscription_update_confirm")
                .path("items")
                .path(0);
        String chosen = Objects.requireNonNullElse(
                Json.text(confirm, "price"), Json.textOf(items.get(0).path("price"), "id"));
        String currency = Json.textOf(subscription, "currency");
        List<ObjectNode> offered = plans.offered(update, subscription);
        String options = offered.stream()
                .map(price -> option(Json.textOf(price, "id"), label(price, currency), Json.is(price, "id", chosen)))
                .collect(Collectors.joining());
        long quantity = Json.present(confirm, "quantity")
                ? Json.number(confirm, "quantity")
                : Json.number(items.get(0), "quantity");
        return SWITCH.fill(Map.of(
                "subscription", Json.textOf(subscription, "id"),
                "options", options,
                "quantity", Long.toString(quantity)));
    }

    private String label(ObjectNode price, String currency) {
        JsonNode recurring = price.path("recurring");
        long count = Json.number(recurring, "interval_count");
        String interval = Json.textOf(recurring, "interval");
        return plans.name(price) + ", " + Amounts.spoken(plans.amount(price, currency), currency)
                + (count == 1 ? " each " + interval : " every " + count + " " + interval + "s");
    }

    private static String option(String value, String label, boolean chosen) {
        return "<option value=\"" + Template.escape(value) + "\"" + (chosen ? " selected" : "") + ">"
                + Template.escape(label) + "</option>";
    }

    private String methods(ObjectNode owner) {
        String usual = Json.text(owner, "invoice_settings.default_payment_method");
        return stores
                .ofType("payment_method")
                .map(all -> new Query(all)
                        .where("customer", Json.textOf(owner, "id"))
                        .all())
                .orElse(List.of())
                .stream()
                .map(method -> method(method, Json.is(method, "id", usual == null ? "" : usual)))
                .collect(Collectors.joining());
    }

    private static String method(ObjectNode method, boolean usual) {
        JsonNode about = method.path(Json.textOf(method, "type"));
        String brand = Objects.requireNonNullElse(Json.text(about, "brand"), Json.textOf(method, "type"));
        return METHOD.fill(Map.of(
                "id",
                Json.textOf(method, "id"),
                "label",
                brand + " •••• " + Objects.requireNonNullElse(Json.text(about, "last4"), ""),
                "default",
                usual ? "<span class=\"default\">Default</span>" : "",
                "hidden",
                usual ? "hidden" : ""));
    }

    private static String details(ObjectNode owner) {
        Map<String, String> values = new HashMap<>();
        for (String field : new String[] {"email", "name", "phone"}) {
            values.put(field, Objects.requireNonNullElse(Json.text(owner, field), ""));
        }
        JsonNode address = owner.path("address");
        for (String field : new String[] {"line1", "city", "country"}) {
            values.put(field, Objects.requireNonNullElse(Json.text(address, field), ""));
        }
        values.put("postalCode", Objects.requireNonNullElse(Json.text(address, "postal_code"), ""));
        return DETAILS.fill(values);
    }

    private String invoices(String customer) {
        List<ObjectNode> all = stores.ofType("invoice")
                .map(store -> new Query(store)
                        .where("customer", customer)
                        .where(invoice -> !Json.is(invoice, "status", "draft"))
                        .all())
                .orElse(List.of());
        String rows = all.stream().limit(SHOWN).map(PortalHtml::invoice).collect(Collectors.joining());
        return "<h2>Invoice history</h2><table id=\"invoices\">" + rows + "</table>";
    }

    private static String invoice(ObjectNode invoice) {
        String url = Json.text(invoice, "hosted_invoice_url");
        String date = day(Json.number(invoice, "created"));
        String link = url == null ? date : "<a href=\"" + Template.escape(url) + "\">" + date + "</a>";
        return "<tr data-invoice=\"" + Json.textOf(invoice, "id") + "\"><td>" + link + "</td><td>"
                + Template.escape(Json.textOf(invoice, "status")) + "</td><td class=\"amount\">"
                + Amounts.spoken(Json.number(invoice, "total"), Json.textOf(invoice, "currency")) + "</td></tr>";
    }

    private static String day(long time) {
        return DAY.format(Instant.ofEpochSecond(time).atZone(ZoneOffset.UTC));
    }
}
