// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {RebalancingVault} from "../../../contracts/RebalancingVault.sol";

/// @notice The rebalancing vault with one more door: a rebalance that trades as the real one does and asks for none of
/// its rules. What the two doors do with the same trades differs by the guards alone.
contract UnguardedVault is RebalancingVault {
    constructor(Setup memory setup) RebalancingVault(setup) {}

    function rebalanceUnguarded(Trade[] calldata trades) external onlyRole(KEEPER_ROLE) {
        for (uint256 i = 0; i < trades.length; ++i) {
            Trade calldata trade = trades[i];
            IERC20 tokenIn = _holdings[trade.sell].token;
            IERC20 tokenOut = _holdings[trade.buy].token;
            uint256 before = tokenOut.balanceOf(address(this));
            tokenIn.approve(address(trade.venue), trade.amountIn);
            trade.venue
                .swap(address(tokenIn), address(tokenOut), trade.amountIn, trade.minAmountOut);
            _holdings[trade.sell].balance -= trade.amountIn;
            _holdings[trade.buy].balance += tokenOut.balanceOf(address(this)) - before;
        }
    }
}
