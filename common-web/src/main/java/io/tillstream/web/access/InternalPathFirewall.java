package io.tillstream.web.access;

import org.springframework.security.web.server.firewall.ServerWebExchangeFirewall;
import org.springframework.security.web.server.firewall.StrictServerWebExchangeFirewall;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Spring's firewall, but that a user's id between our services may have any character that a token's subject may: it is one encoded
 * step of the path, which is mapped as it came. Else whoever's provider calls them {@code org/alice} could not subscribe.
 */
final class InternalPathFirewall implements ServerWebExchangeFirewall {

    private static final String OF_USERS = "/internal/customers/";

    private final ServerWebExchangeFirewall strict = new StrictServerWebExchangeFirewall();
    private final ServerWebExchangeFirewall ofUsers = ofUsers();

    private static ServerWebExchangeFirewall ofUsers() {
        var firewall = new StrictServerWebExchangeFirewall();
        firewall.setAllowUrlEncodedSlash(true);
        firewall.setAllowUrlEncodedDoubleSlash(true);
        firewall.setAllowUrlEncodedPercent(true);
        firewall.setAllowSemicolon(true);
        firewall.setAllowBackSlash(true);
        return firewall;
    }

    @Override
    public Mono<ServerWebExchange> getFirewalledExchange(ServerWebExchange exchange) {
        boolean isOfUser = exchange.getRequest().getPath().value().startsWith(OF_USERS);
        return (isOfUser ? ofUsers : strict).getFirewalledExchange(exchange);
    }
}
