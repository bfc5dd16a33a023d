package io.tillstream.gateway.edge;

import io.tillstream.gateway.GatewaySettings;
import java.net.InetSocketAddress;
import java.util.List;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;

/** Where a request comes from, for counting only. */
@Component
class ClientAddress {

    private static final int LONGEST = 45; // an IPv6 address that holds an IPv4 one

    private final String header;

    ClientAddress(GatewaySettings settings) {
        this.header = settings.rates().addressHeader();
    }

    /** The last entry of the trusted header, which our own load balancer wrote; else the other end of the connection. */
    String of(ServerHttpRequest request) {
        if (!header.isEmpty()) {
            List<String> values = request.getHeaders().getOrDefault(header, List.of());
            if (!values.isEmpty()) {
                String last = values.get(values.size() - 1);
                String address = last.substring(last.lastIndexOf(',') + 1).trim();
                if (!address.isEmpty() && address.length() <= LONGEST) {
                    return address;
                }
            }
        }
        InetSocketAddress remote = request.getRemoteAddress();
        return remote == null || remote.getAddress() == null
                ? "unknown"
                : remote.getAddress().getHostAddress();
    }
}
