package io.tillstream.simulator.creditnote;

import io.tillstream.simulator.page.Amounts;
import io.tillstream.simulator.page.Pdf;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A credit note on paper. */
@Configuration(proxyBeanMethods = false)
class CreditNotePdf {
    @Bean
    RouterFunction<ServerResponse> creditNotePdfRoutes(Timeline timeline, CreditNotes notes) {
        return RouterFunctions.route()
                .GET("/credit_notes/{id}/pdf", request -> timeline.call(
                                () -> notes.store().find(request.pathVariable("id")))
                        .flatMap(found -> found.map(CreditNotePdf::answer)
                                .orElseGet(() -> ServerResponse.notFound().build())))
                .build();
    }

    private static Mono<ServerResponse> answer(ObjectNode note) {
        String currency = Json.textOf(note, "currency");
        List<String> rows = new ArrayList<>(List.of(
                "Tillstream",
                "",
                "Credit note " + Json.text(note, "number"),
                "Status " + Json.text(note, "status"),
                ""));
        for (JsonNode line : note.path("lines").path("data")) {
            rows.add(Pdf.row(
                    Objects.requireNonNullElse(Json.text(line, "description"), "Item"),
                    Amounts.spoken(Json.number(line, "amount"), currency)));
        }
        rows.add(Pdf.row("Total", Amounts.spoken(Json.number(note, "total"), currency)));
        return ServerResponse.ok().contentType(MediaType.APPLICATION_PDF).bodyValue(Pdf.of(rows));
    }
}
