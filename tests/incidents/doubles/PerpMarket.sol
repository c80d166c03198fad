// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {TestToken} from "../../../contracts/mocks/TestToken.sol";
import {IPriceSource} from "./LendingMarket.sol";

/// @notice A market of perpetual futures in what Mango's was about: paper profit at the believed price can be taken out
/// at once, out of what all others have put in. One dollar is one unit of the token, in 6 decimals.
contract PerpMarket {
    struct Account {
        int256 margin;
        int256 size;
        int256 entry;
    }

    int256 private constant PER_UNIT = 1e30;

    IPriceSource public immutable prices;
    address public immutable asset;
    TestToken public immutable dollars;
    mapping(address => Account) public accounts;

    error EquityTooLow(int256 equity, uint256 asked);

    constructor(address prices_, address asset_, TestToken dollars_) {
        (prices, asset, dollars) = (IPriceSource(prices_), asset_, dollars_);
    }

    function deposit(uint256 amount) external {
        dollars.transferFrom(msg.sender, address(this), amount);
        accounts[msg.sender].margin += int256(amount);
    }

    /// @notice Opens `size` (18 decimals) between two accounts at the believed price.
    function trade(address long, address short, int256 size) external {
        int256 entry = int256(prices.price(asset));
        (accounts[long].size, accounts[long].entry) = (size, entry);
        (accounts[short].size, accounts[short].entry) = (-size, entry);
    }

    function withdraw(uint256 amount) external {
        int256 equity = equityOf(msg.sender);
        if (int256(amount) > equity) revert EquityTooLow(equity, amount);
        accounts[msg.sender].margin -= int256(amount);
        dollars.transfer(msg.sender, amount);
    }

    function equityOf(address who) public view returns (int256) {
        Account storage account = accounts[who];
        int256 moved = int256(prices.price(asset)) - account.entry;
        return account.margin + account.size * moved / PER_UNIT;
    }
}
