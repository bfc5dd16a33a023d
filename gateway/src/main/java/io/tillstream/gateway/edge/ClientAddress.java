package io.tillstream.gateway.edge;

import io.netty.util.NetUtil;
import io.tillstream.gateway.GatewaySettings;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;

/** Where a request comes from, for counting only. */
@Component
class ClientAddress {

    private static final int LONGEST = 45; // an IPv6 address that holds an IPv4 one

    private static final int IPV4_BYTES = 4;
    private static final int IPV4_MAPPED = 0xffff; // RFC 4291, 2.5.5.2

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
                    return counted(address);
                }
            }
        }
        InetSocketAddress remote = request.getRemoteAddress();
        return remote == null || remote.getAddress() == null
                ? "unknown"
                : counted(remote.getAddress().getHostAddress());
    }

    /**
     * An address of IPv6 stands for its /64, as the other half is its host's own choice (RFC 4291, 2.5.1); one that holds an
     * address of IPv4 is that one. What is no address stays as it is.
     */
    static String counted(String address) {
        byte[] bytes = address.contains(":") ? NetUtil.createByteArrayFromIpAddressString(address) : null;
        if (bytes == null) {
            return address;
        }
        ByteBuffer parts = ByteBuffer.wrap(bytes);
        if (bytes.length == IPV4_BYTES || (parts.getLong(0) == 0 && parts.getInt(8) == IPV4_MAPPED)) {
            return NetUtil.bytesToIpAddress(Arrays.copyOfRange(bytes, bytes.length - IPV4_BYTES, bytes.length));
        }
        StringBuilder network = new StringBuilder();
        for (int i = 0; i < 8; i += 2) {
            network.append(Integer.toHexString(parts.getShort(i) & 0xffff)).append(':');
        }
        return network + ":/64";
    }
}
