package io.tillstream.local.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What comes from outside comes to the gateway, over HTTPS, and to nobody else. */
class KubernetesRouteTest {

    private static final List<Node> PRODUCTION = Kustomization.render("overlays/production");
    private static final Node ROUTE =
            Workload.find("HTTPRoute", "tillstream", PRODUCTION).at("spec");

    @Test
    void allLeadsToTheGateway() {
        String port = String.valueOf(ServiceSettings.ofCompose("gateway").get("SERVER_PORT"));
        assertThat(ROUTE.at("rules").list()).allSatisfy(rule -> {
            assertThat(rule.at("backendRefs").list()).hasSize(1);
            assertThat(rule.at("backendRefs/0/name").text()).isEqualTo("gateway");
            assertThat(rule.at("backendRefs/0/port").text()).isEqualTo(port);
        });
        Node listener = Workload.find("Gateway", ROUTE.at("parentRefs/0/name").text(), PRODUCTION)
                .at("spec/listeners")
                .where("name", ROUTE.at("parentRefs/0/sectionName").text());
        assertThat(listener.at("protocol").text()).isEqualTo("HTTPS");
        assertThat(ROUTE.at("hostnames").texts())
                .containsExactly(listener.at("hostname").text());
        assertThat(Workload.of("gateway", PRODUCTION).environment())
                .containsEntry(
                        "ALLOWED_ORIGINS", "https://" + listener.at("hostname").text());
    }

    /** Stripe's address for webhooks is the one that the code answers. */
    @Test
    void webhooksAndTheApiHaveTheirPaths() {
        String path = Repository.one("@PostMapping\\(\"(/webhooks/.*)\"\\)", Repository.sources("webhook-ingest"));
        assertThat(ROUTE.at("rules/0/matches/0/path/value").text()).isEqualTo(path);
        assertThat(ROUTE.at("rules/0/matches/0/method").text()).isEqualTo("POST");
        assertThat(ROUTE.at("rules/1/matches/0/path/value").text()).isEqualTo("/api");
    }

    /** A proxy that cuts it earlier makes each page of an order reconnect without need. */
    @Test
    void aStreamLivesAsLongAsTheGatewayLetsIt() {
        String longest =
                Repository.one("\\$\\{STREAM_LONGEST:(\\d+)m\\}", new ServiceSettings("gateway").applicationYml());
        String timeout = ROUTE.at("rules/1/timeouts/request").text();
        assertThat(Long.parseLong(timeout.replace("s", ""))).isGreaterThan(Long.parseLong(longest) * 60);
    }
}
