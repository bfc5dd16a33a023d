package io.tillstream.benchmark.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** nginx with one worker and kept connections: what handing on costs at least. */
public final class Nginx {
    private static final Path FOLDER = Path.of("target/benchmark/peers/nginx").toAbsolutePath();

    private Nginx() {}

    /** Starts it beside Tillstream's gateway, before the same service. */
    public static KafkaEndpoint start(KafkaEndpoint own, URI service) throws LeftOut {
        String program = Stream.of("/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/bin/nginx")
                .filter(file -> Files.isExecutable(Path.of(file)))
                .findFirst()
                .orElseThrow(() -> new LeftOut("nginx, which is not installed here"));
        URI address = URI.create("http://127.0.0.1:" + PeerProcess.freePort());
        try {
            Files.createDirectories(FOLDER);
            Files.writeString(
                    FOLDER.resolve("nginx.conf"), """
                    daemon off; master_process off; pid %1$s/pid; error_log %1$s/error.log;
                    events { worker_connections 1024; }
                    http {
                      access_log off; client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy;
                      fastcgi_temp_path %1$s/f; uwsgi_temp_path %1$s/u; scgi_temp_path %1$s/s;
                      upstream service { server %2$s; keepalive 64; }
                      server {
                        listen 127.0.0.1:%3$d;
                        location / { proxy_pass http://service; proxy_http_version 1.1; proxy_set_header Connection ""; }
                        location = /up { return 200; }
                      }
                    }
                    """.formatted(FOLDER, service.getAuthority(), address.getPort()));
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
        // It says nothing of itself when it is ready, so the shell says it when the port answers.
        PeerProcess process = PeerProcess.start(
                List.of(
                        "sh",
                        "-c",
                        "(until curl -sf http://127.0.0.1:" + address.getPort()
                                + "/up; do sleep 0.1; done; echo ready) & exec " + program + " -c " + FOLDER
                                + "/nginx.conf"),
                Map.of(),
                FOLDER.resolve("nginx.log"));
        return new KafkaEndpoint(
                address,
                own.path(),
                own.secret(),
                own.topic(),
                Map.of(KafkaEndpoint.OWN, process.id()),
                process::close);
    }
}
