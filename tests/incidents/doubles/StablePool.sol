// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IValues} from "./UncheckedRegistry.sol";

/// @notice A pool of four dollars on the StableSwap curve, whose amplification is a parameter read at every swap. For
/// balances x of n = 4 coins and D their sum where they are equal, with a = A * n:
/// a * sum(x) + D = a * D + D^(n + 1) / (n^n * prod(x)).
/// @dev The whole of a step of A is felt by the next swap. Only balances are kept; who swaps is nobody's business here.
contract StablePool {
    uint256 private constant COINS = 4;
    uint256 private constant BPS = 10_000;

    IValues public immutable values;
    bytes32 public immutable strategyId;
    uint16 public immutable key;
    uint256 public immutable feeBps;
    uint256[COINS] public balances;

    constructor(IValues values_, bytes32 strategyId_, uint16 key_, uint256 feeBps_, uint256 each) {
        (values, strategyId, key, feeBps) = (values_, strategyId_, key_, feeBps_);
        for (uint256 i; i < COINS; ++i) {
            balances[i] = each;
        }
    }

    function swap(uint256 sold, uint256 bought, uint256 amountIn)
        external
        returns (uint256 amountOut)
    {
        uint256 a = uint256(values.valueOf(strategyId, key)) * COINS;
        uint256 d = _invariant(a);
        balances[sold] += amountIn;
        amountOut = (balances[bought] - _balanceFor(bought, a, d)) * (BPS - feeBps) / BPS;
        balances[bought] -= amountOut;
    }

    /// @dev Newton's method on the equation above, for D.
    function _invariant(uint256 a) private view returns (uint256 d) {
        uint256 sum;
        for (uint256 i; i < COINS; ++i) {
            sum += balances[i];
        }
        d = sum;
        for (uint256 round; round < 255; ++round) {
            uint256 p = d;
            for (uint256 i; i < COINS; ++i) {
                p = p * d / (COINS * balances[i]);
            }
            uint256 next = (a * sum + COINS * p) * d / ((a - 1) * d + (COINS + 1) * p);
            if (_near(next, d)) return next;
            d = next;
        }
    }

    /// @dev The same for the balance of one coin, given the others and D.
    function _balanceFor(uint256 coin, uint256 a, uint256 d) private view returns (uint256 y) {
        (uint256 c, uint256 others) = (d, 0);
        for (uint256 i; i < COINS; ++i) {
            if (i == coin) continue;
            others += balances[i];
            c = c * d / (COINS * balances[i]);
        }
        c = c * d / (COINS * a);
        y = d;
        for (uint256 round; round < 255; ++round) {
            uint256 next = (y * y + c) / (2 * y + others + d / a - d);
            if (_near(next, y)) return next;
            y = next;
        }
    }

    function _near(uint256 next, uint256 last) private pure returns (bool) {
        return next > last ? next - last <= 1 : last - next <= 1;
    }
}
