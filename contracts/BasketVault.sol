// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IRebalancingVault} from "./interfaces/IRebalancingVault.sol";
import {BoundedCall} from "./libraries/BoundedCall.sol";

/// @title Share accounting over several assets
/// @notice What a share is worth and how it is bought, sold and redeemed in kind; nothing of how assets are traded.
abstract contract BasketVault is ERC4626, ReentrancyGuardTransient, IRebalancingVault {
    using BoundedCall for address;
    using Math for uint256;
    using SafeERC20 for IERC20;

    /// @notice Most assets that a vault holds: the lanes of a word of weights.
    uint256 public constant MAX_ASSETS = 8;
    /// @notice Gas that a token gets to pay out in kind. Tokens of the field take 30,000 to 250,000.
    uint256 public constant PAYOUT_GAS = 300_000;

    uint256 private constant _MAX_DECIMALS = 18;
    /// @dev What the vault needs itself to set an amount aside.
    uint256 private constant _BOOKING_GAS = 60_000;

    struct Holding {
        IERC20 token;
        uint8 decimals;
        uint256 balance;
    }

    uint256 internal immutable _COUNT;
    Holding[MAX_ASSETS] internal _holdings;

    /// @inheritdoc IRebalancingVault
    mapping(address token => mapping(address owner => uint256)) public setAside;

    /// @param tokens the base asset first
    constructor(string memory name_, string memory symbol_, address[] memory tokens)
        ERC20(name_, symbol_)
        ERC4626(IERC20(tokens[0]))
    {
        if (tokens.length > MAX_ASSETS) revert AssetCountOutOfRange(tokens.length, MAX_ASSETS);
        _COUNT = tokens.length;
        for (uint256 i = 0; i < tokens.length; ++i) {
            uint8 tokenDecimals = IERC20Metadata(tokens[i]).decimals();
            if (tokenDecimals > _MAX_DECIMALS) {
                revert DecimalsTooMany(tokens[i], tokenDecimals, _MAX_DECIMALS);
            }
            for (uint256 j = 0; j < i; ++j) {
                if (tokens[j] == tokens[i]) revert AssetTwice(tokens[i]);
            }
            _holdings[i] = Holding(IERC20(tokens[i]), tokenDecimals, 0);
        }
    }

    /* BUYING AND SELLING SHARES */

    /// @inheritdoc IERC4626
    function deposit(uint256 amount, address receiver)
        public
        override(ERC4626, IERC4626)
        nonReentrant
        returns (uint256 shares)
    {
        shares = _sharesFor(amount, _totalAssets(Math.Rounding.Ceil), Math.Rounding.Floor);
        _deposit(msg.sender, receiver, amount, shares);
    }

    /// @inheritdoc IERC4626
    function mint(uint256 shares, address receiver)
        public
        override(ERC4626, IERC4626)
        nonReentrant
        returns (uint256 amount)
    {
        amount = _amountFor(shares, _totalAssets(Math.Rounding.Ceil), Math.Rounding.Ceil);
        _deposit(msg.sender, receiver, amount, shares);
    }

    /// @inheritdoc IERC4626
    function withdraw(uint256 amount, address receiver, address owner)
        public
        override(ERC4626, IERC4626)
        nonReentrant
        returns (uint256 shares)
    {
        uint256 total = _totalAssets(Math.Rounding.Floor);
        uint256 limit = _maxAmount(owner, total);
        if (amount > limit) revert ERC4626ExceededMaxWithdraw(owner, amount, limit);
        shares = _sharesFor(amount, total, Math.Rounding.Ceil);
        _withdraw(msg.sender, receiver, owner, amount, shares);
    }

    /// @inheritdoc IERC4626
    function redeem(uint256 shares, address receiver, address owner)
        public
        override(ERC4626, IERC4626)
        nonReentrant
        returns (uint256 amount)
    {
        uint256 total = _totalAssets(Math.Rounding.Floor);
        uint256 limit = _maxShares(owner, total);
        if (shares > limit) revert ERC4626ExceededMaxRedeem(owner, shares, limit);
        amount = _amountFor(shares, total, Math.Rounding.Floor);
        _withdraw(msg.sender, receiver, owner, amount, shares);
    }

    /* LEAVING IN KIND */

    /// @inheritdoc IRebalancingVault
    function redeemInKind(uint256 shares, address receiver, address owner)
        external
        nonReentrant
        returns (uint256[] memory amounts)
    {
        if (msg.sender != owner) _spendAllowance(owner, msg.sender, shares);
        uint256 whole = totalSupply() + 10 ** _decimalsOffset();
        _burn(owner, shares);
        amounts = new uint256[](_COUNT);
        for (uint256 i = 0; i < _COUNT; ++i) {
            uint256 balance = _holdings[i].balance;
            amounts[i] = shares.mulDiv(balance, whole);
            _holdings[i].balance = balance - amounts[i];
        }
        emit RedeemedInKind(msg.sender, receiver, owner, shares);
        for (uint256 i = 0; i < _COUNT; ++i) {
            if (amounts[i] != 0) _payOrSetAside(_holdings[i].token, receiver, amounts[i]);
        }
    }

    /// @inheritdoc IRebalancingVault
    function claim(address token, address receiver) external nonReentrant returns (uint256 amount) {
        amount = setAside[token][msg.sender];
        if (amount == 0) revert NothingSetAside(token, msg.sender);
        delete setAside[token][msg.sender];
        emit Claimed(token, msg.sender, receiver, amount);
        _pay(IERC20(token), receiver, amount);
    }

    /* VIEWS */

    /// @inheritdoc IERC4626
    function totalAssets()
        public
        view
        override(ERC4626, IERC4626)
        nonReentrantView
        returns (uint256)
    {
        return _totalAssets(Math.Rounding.Floor);
    }

    /// @inheritdoc IERC4626
    function maxDeposit(address) public view override(ERC4626, IERC4626) returns (uint256) {
        (bool open,) = _tryTotalAssets();
        return open ? type(uint256).max : 0;
    }

    /// @inheritdoc IERC4626
    function maxMint(address receiver) public view override(ERC4626, IERC4626) returns (uint256) {
        return maxDeposit(receiver);
    }

    /// @inheritdoc IERC4626
    function maxWithdraw(address owner) public view override(ERC4626, IERC4626) returns (uint256) {
        (bool open, uint256 total) = _tryTotalAssets();
        return open ? _maxAmount(owner, total) : 0;
    }

    /// @inheritdoc IERC4626
    function maxRedeem(address owner) public view override(ERC4626, IERC4626) returns (uint256) {
        (bool open, uint256 total) = _tryTotalAssets();
        return open ? _maxShares(owner, total) : 0;
    }

    /// @inheritdoc IRebalancingVault
    function assets() external view returns (address[] memory tokens) {
        tokens = new address[](_COUNT);
        for (uint256 i = 0; i < _COUNT; ++i) {
            tokens[i] = address(_holdings[i].token);
        }
    }

    /// @inheritdoc IRebalancingVault
    function balanceOfAsset(uint256 asset_) external view nonReentrantView returns (uint256) {
        return _holdings[asset_].balance;
    }

    /* INSIDE */

    /// @dev Price of a whole token in US dollars, 18 decimals; reverts where it fails its checks.
    function _priceOf(Holding storage holding) internal view virtual returns (uint256);

    /// @dev In the base asset.
    function _totalAssets(Math.Rounding rounding) internal view returns (uint256 total) {
        total = _holdings[0].balance;
        uint256 value = 0;
        for (uint256 i = 1; i < _COUNT; ++i) {
            Holding storage holding = _holdings[i];
            uint256 balance = holding.balance;
            if (balance == 0) continue;
            value += balance.mulDiv(_priceOf(holding), 10 ** holding.decimals, rounding);
        }
        if (value == 0) return total;
        Holding storage base = _holdings[0];
        total += value.mulDiv(10 ** base.decimals, _priceOf(base), rounding);
    }

    /// @dev Behind every preview. Who buys finds the vault rounded up, who sells finds it rounded down.
    function _convertToShares(uint256 amount, Math.Rounding rounding)
        internal
        view
        override
        nonReentrantView
        returns (uint256)
    {
        bool buys = rounding == Math.Rounding.Floor;
        uint256 total = _totalAssets(buys ? Math.Rounding.Ceil : Math.Rounding.Floor);
        return _sharesFor(amount, total, rounding);
    }

    /// @dev The same the other way round.
    function _convertToAssets(uint256 shares, Math.Rounding rounding)
        internal
        view
        override
        nonReentrantView
        returns (uint256)
    {
        return _amountFor(shares, _totalAssets(rounding), rounding);
    }

    /// @return open false while a price fails its checks, or the vault is in the middle of something
    function _tryTotalAssets() internal view returns (bool open, uint256 total) {
        try this.totalAssets() returns (uint256 known) {
            return (true, known);
        } catch {
            return (false, 0);
        }
    }

    function _maxAmount(address owner, uint256 total) private view returns (uint256) {
        uint256 owned = _amountFor(balanceOf(owner), total, Math.Rounding.Floor);
        return Math.min(owned, _holdings[0].balance);
    }

    function _maxShares(address owner, uint256 total) private view returns (uint256) {
        uint256 payable_ = _sharesFor(_holdings[0].balance, total, Math.Rounding.Floor);
        return Math.min(balanceOf(owner), payable_);
    }

    function _sharesFor(uint256 amount, uint256 total, Math.Rounding rounding)
        private
        view
        returns (uint256)
    {
        return amount.mulDiv(totalSupply() + 10 ** _decimalsOffset(), total + 1, rounding);
    }

    function _amountFor(uint256 shares, uint256 total, Math.Rounding rounding)
        private
        view
        returns (uint256)
    {
        return shares.mulDiv(total + 1, totalSupply() + 10 ** _decimalsOffset(), rounding);
    }

    function _transferIn(address from, uint256 amount) internal override {
        IERC20 token = IERC20(asset());
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(from, address(this), amount);
        if (token.balanceOf(address(this)) != before + amount) {
            revert TransferMismatch(address(token));
        }
        _holdings[0].balance += amount;
    }

    function _transferOut(address to, uint256 amount) internal override {
        _holdings[0].balance -= amount;
        _pay(IERC20(asset()), to, amount);
    }

    /// @dev A token that charges its sender takes from what the records say is there, so it pays nobody.
    function _pay(IERC20 token, address to, uint256 amount) private {
        uint256 before = token.balanceOf(address(this));
        token.safeTransfer(to, amount);
        if (token.balanceOf(address(this)) + amount != before) {
            revert TransferMismatch(address(token));
        }
    }

    function _decimalsOffset() internal pure override returns (uint8) {
        return 6;
    }

    /// @dev A token that reverts, burns all its gas or returns megabytes costs the caller gas and nobody a payment. What
    /// one charges its sender is not measured here: nothing may hold up the other assets.
    function _payOrSetAside(IERC20 token, address receiver, uint256 amount) private {
        // Without this, who gives too little gas would have everything set aside.
        uint256 needed = PAYOUT_GAS + PAYOUT_GAS / 63 + _BOOKING_GAS;
        if (gasleft() < needed) revert TooLittleGas(gasleft(), needed);
        // The token's own fault must come back as an answer, not as a revert. Some tokens answer nothing, none that
        // paid answers anything but true.
        bytes memory payment = abi.encodeCall(IERC20.transfer, (receiver, amount));
        if (address(token).tryTrue(PAYOUT_GAS, payment)) return;
        // Written after the call, which decides it; nobody enters in between.
        // solhint-disable-next-line reentrancy
        setAside[address(token)][receiver] += amount;
        emit SetAside(address(token), receiver, amount);
    }
}
