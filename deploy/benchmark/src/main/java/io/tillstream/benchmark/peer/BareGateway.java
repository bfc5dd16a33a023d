package io.tillstream.benchmark.peer;

import java.net.URI;
import java.util.List;
import java.util.Map;

/** Spring Cloud Gateway with one route and nothing of Tillstream's: what its gateway could be at best. */
public final class BareGateway {
    private static final String ROUTE = "--spring.cloud.gateway.server.webflux.routes[0].";

    private BareGateway() {}

    /** Starts it beside Tillstream's gateway, before the same service. */
    public static KafkaEndpoint start(KafkaEndpoint own, URI service) throws LeftOut {
        URI address = URI.create("http://127.0.0.1:" + PeerProcess.freePort());
        BareJvm jvm = BareJvm.of("gateway", List.of("spring-security", "spring-boot-security", "springdoc"));
        PeerProcess process = jvm.start(
                io.tillstream.benchmark.bare.BareGateway.class,
                List.of(
                        "--server.port=" + address.getPort(),
                        ROUTE + "id=all",
                        ROUTE + "uri=" + service,
                        ROUTE + "predicates[0]=Path=/**"));
        return new KafkaEndpoint(
                address,
                own.path(),
                own.secret(),
                own.topic(),
                Map.of(KafkaEndpoint.OWN, process.id()),
                process::close);
    }
}
