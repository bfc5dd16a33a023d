package io.tillstream.simulator.charge;

import io.tillstream.simulator.page.Amounts;
import io.tillstream.simulator.page.Pages;
import io.tillstream.simulator.page.Template;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Timeline;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/** {@code /receipts/{charge}}: a charge's {@code receipt_url}, which the buyer opens from their mail. */
@Configuration(proxyBeanMethods = false)
class ReceiptPage {
    private final Timeline timeline;
    private final Charges charges;

    ReceiptPage(Timeline timeline, Charges charges) {
        this.timeline = timeline;
        this.charges = charges;
    }

    @Bean
    RouterFunction<ServerResponse> receiptRoutes() {
        return RouterFunctions.route().GET("/receipts/{charge}", this::show).build();
    }

    private Mono<ServerResponse> show(ServerRequest request) {
        String id = request.pathVariable("charge");
        return timeline.call(() -> charges.store().find(id).filter(each -> Json.present(each, "receipt_url")))
                .flatMap(charge -> charge.map(ReceiptPage::page).orElseGet(ReceiptPage::none));
    }

    private static Mono<ServerResponse> page(ObjectNode charge) {
        String currency = Json.textOf(charge, "currency");
        long refunded = Json.number(charge, "amount_refunded");
        String paid = Amounts.spoken(Json.number(charge, "amount_captured"), currency);
        LocalDate date = LocalDate.ofInstant(Instant.ofEpochSecond(Json.number(charge, "created")), ZoneOffset.UTC);
        String text = Optional.ofNullable(Json.text(charge, "description")).orElse("");
        String body = "<h1>Receipt from Tillstream</h1><p id=\"amount\">" + Template.escape(paid) + "</p><p>" + date
                + "</p><p>" + Template.escape(text) + "</p>"
                + (refunded > 0 ? "<p id=\"refunded\">Refunded " + Amounts.spoken(refunded, currency) + "</p>" : "");
        return Pages.page(200, "Receipt", body);
    }

    private static Mono<ServerResponse> none() {
        return Pages.page(404, "Receipt", "<h1>There is no such receipt.</h1>");
    }
}
